package tor

import (
	"sync"
	"time"
)

// patienceSteps is in how many steps patience is counted.
const patienceSteps = 5

// patience is a time-out that does not run out while the machine sleeps, or this
// process is stopped: it is counted in steps, and however long a sleep takes, no
// more than one of them ends in it. What was asked for before the sleep has the
// other steps to be answered in after it.
type patience struct {
	mu    sync.Mutex
	timer *time.Timer
	left  int // steps; zero if it has run out or was stopped
}

// newPatience calls out when the time has passed, unless it is stopped before.
func newPatience(total time.Duration, out func()) *patience {
	p := &patience{left: patienceSteps}
	p.mu.Lock()
	defer p.mu.Unlock()
	step := total / patienceSteps
	p.timer = time.AfterFunc(step, func() {
		if p.step(step) {
			out()
		}
	})
	return p
}

// step counts a step that has passed and reports whether it was the last.
func (p *patience) step(next time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == 0 {
		return false
	}
	if p.left--; p.left > 0 {
		p.timer.Reset(next)
	}
	return p.left == 0
}

func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = 0
	p.timer.Stop()
}
