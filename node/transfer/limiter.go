package transfer

import (
	"context"
	"slices"
	"sync"
	"time"
)

// overdue is when what a file has under way does not count any more: its sender has
// stopped answering, and other files from there go on.
const overdue = 15 * time.Second

// Limiter keeps the chunks that are under way on one connection within what it takes.
// All that is fetched on the connection shares one, chunk by chunk in turn. It is safe
// for concurrent use, and the zero value is ready.
type Limiter struct {
	mu      sync.Mutex
	window  window
	shares  []*share // one for each Fetch
	waiting []*share // for their turns, the first one longest
}

// share is what one Fetch has of a Limiter. acquire is for one goroutine, all else
// for another.
type share struct {
	limiter *Limiter
	under   int           // chunks under way
	moved   time.Time     // when one has arrived, or was asked for when there were none
	turn    chan struct{} // closed when it may ask for a chunk
}

// Window returns how many chunks may be under way at the moment, from MinWindow to
// MaxWindow.
func (l *Limiter) Window() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.window.limit()
}

// join returns a share, for which leave must be called.
func (l *Limiter) join() *share {
	s := &share{limiter: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shares = append(l.shares, s)
	return s
}

// leave gives up what is still under way.
func (s *share) leave() {
	l := s.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shares = slices.DeleteFunc(l.shares, func(other *share) bool { return other == s })
	l.grant(time.Now())
}

// acquire waits until a chunk may be asked for. It fails with the context's cause.
func (s *share) acquire(ctx context.Context) error {
	l := s.limiter
	l.mu.Lock()
	turn := make(chan struct{})
	s.turn = turn
	l.waiting = append(l.waiting, s)
	l.grant(time.Now())
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	default:
	}
	late := time.NewTicker(overdue)
	defer late.Stop()
	for {
		select {
		case <-turn:
			return nil
		case now := <-late.C:
			l.mu.Lock()
			l.grant(now)
			l.mu.Unlock()
		case <-ctx.Done():
			l.mu.Lock()
			defer l.mu.Unlock()
			l.waiting = slices.DeleteFunc(l.waiting, func(other *share) bool { return other == s })
			return context.Cause(ctx)
		}
	}
}

// arrived is called when a chunk has come. Only what is as long as all others says
// something of the path.
func (s *share) arrived(asked, now time.Time, full bool) {
	l := s.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	if full {
		l.window.arrived(asked, now)
	}
	s.under--
	s.moved = now
	l.grant(now)
}

// grant gives turns while there is room. A share that has been silent for long does
// not count, and gets no more than the window either. l.mu is held.
func (l *Limiter) grant(now time.Time) {
	limit, under := l.window.limit(), 0
	for _, s := range l.shares {
		if s.under > 0 && now.Sub(s.moved) < overdue {
			under += s.under
		}
	}
	for under < limit {
		i := slices.IndexFunc(l.waiting, func(s *share) bool { return s.under < limit })
		if i < 0 {
			return
		}
		s := l.waiting[i]
		l.waiting = slices.Delete(l.waiting, i, i+1)
		if s.under == 0 {
			s.moved = now
		}
		s.under++
		under++
		close(s.turn)
	}
}
