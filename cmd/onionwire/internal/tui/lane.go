package tui

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
)

const (
	// asksAtOnce is how many requests are made before their answers are shown.
	asksAtOnce = 32
	// callLasts bounds a call of the API: none waits for the network.
	callLasts = 20 * time.Second
)

// job is a call of the API, or several.
type job struct {
	// request is what it asks for, nil if it is something that the user does. The same
	// request is not made twice before it is answered.
	request model.Request
	do      func(ctx context.Context) tea.Msg
}

// lane runs jobs one after the other, so that an answer is never older than one before it, and
// messages are sent in the order in which they were written.
type lane struct {
	most    int // how many are run before their results are told
	waiting []job
	busy    bool
	taken   []job         // what is run, or was last
	begun   *atomic.Bool  // whether somebody has taken that on
	running chan struct{} // has something in it while jobs run
	untold  []tea.Msg     // results of jobs that nobody has taken, for who has put something into running
}

// newLanes returns the lanes of asks and acts.
func newLanes() (asks, acts *lane) {
	return &lane{most: asksAtOnce, running: make(chan struct{}, 1)}, &lane{most: 1, running: make(chan struct{}, 1)}
}

// laneMsg are the results of jobs.
type laneMsg struct {
	lane    *lane
	results []tea.Msg
}

// add puts a job at the end.
func (l *lane) add(j job) {
	if j.request != nil && slices.ContainsFunc(l.waiting, func(o job) bool { return o.request == j.request }) {
		return
	}
	l.waiting = append(l.waiting, j)
}

// next returns the command that runs the jobs that wait, or nil.
func (m *Model) next(l *lane) tea.Cmd {
	if l.busy || len(l.waiting) == 0 || m.stage != ready {
		return nil
	}
	n := min(len(l.waiting), l.most)
	jobs := slices.Clone(l.waiting[:n])
	l.waiting = slices.Delete(l.waiting, 0, n)
	begun := new(atomic.Bool)
	l.busy, l.taken, l.begun = true, jobs, begun
	return m.run(func(ctx context.Context) tea.Msg {
		if !begun.CompareAndSwap(false, true) {
			return nil // see rest
		}
		l.running <- struct{}{}
		defer func() { <-l.running }()
		l.untold = nil
		done := laneMsg{lane: l}
		for _, j := range jobs {
			ctx, cancel := context.WithTimeout(ctx, callLasts)
			done.results = append(done.results, j.do(ctx))
			cancel()
		}
		l.untold = done.results
		return done
	})
}

// rest takes away the jobs that nobody has begun with.
func (l *lane) rest() []job {
	jobs := l.waiting
	l.waiting = nil
	if l.busy && l.begun.CompareAndSwap(false, true) {
		jobs = append(slices.Clone(l.taken), jobs...)
	}
	return jobs
}

// ask makes requests, in order.
func (m *Model) ask(requests ...model.Request) {
	api := m.api
	for _, r := range requests {
		m.asks.add(job{r, func(ctx context.Context) tea.Msg { return answer(ctx, api, r) }})
	}
}

// act does something that the user wants, after what the user wanted before. What f returns
// goes to update, and to all overlays.
func (m *Model) act(f func(ctx context.Context) tea.Msg) { m.acts.add(job{do: f}) }

// try is act for what has no result: if it fails, what says what was tried.
func (m *Model) try(what string, f func(ctx context.Context) error) {
	m.act(func(ctx context.Context) tea.Msg {
		if err := f(ctx); err != nil {
			return failedMsg{what, err}
		}
		return nil
	})
}

// failedMsg says that something that the user wanted was not done.
type failedMsg struct {
	what string // such as "the message was not deleted"
	err  error
}
