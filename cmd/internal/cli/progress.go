package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// IsTerminal reports whether a person reads w, or types what r gives.
func IsTerminal(rw any) bool {
	f, ok := rw.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// WaitReady waits until d is connected to its network and shows on w how far it
// is: as a bar that moves on a terminal, as a line for each phase elsewhere.
// name, which may be empty, tells several daemons apart.
func WaitReady(ctx context.Context, d *tor.Daemon, w io.Writer, name string) error {
	if name != "" {
		name += ": "
	}
	show := func(p tor.Progress) { fmt.Fprintf(w, "%stor %s\n", name, p) }
	if IsTerminal(w) {
		b := newBar(w.(*os.File), name+"tor: ")
		defer b.clear()
		show = b.show
	}
	stuck := time.AfterFunc(stuckAfter, func() {
		fmt.Fprintf(w, "%stor takes its time; %s\n", name, Program{}.HintFor(tor.ErrNotReady))
	})
	defer stuck.Stop()
	for p := range d.Progress(ctx) {
		stuck.Reset(stuckAfter)
		show(p)
	}
	return d.WaitReady(ctx)
}

// stuckAfter is how long tor may stay in a phase before the user is told what
// that may mean.
const stuckAfter = 30 * time.Second

const (
	// maxBar and maxPhase are how wide the bar is and what is said before it, in
	// columns, where there is room for both.
	maxBar   = 24
	maxPhase = 36
	// barFrame is what stands around the bar: " 100% |", "|  " and a column for the
	// cursor.
	barFrame = 11
)

// bar is one line that moves, as wide as the terminal allows.
type bar struct {
	terminal *os.File
	prefix   string
	shown    *progressbar.ProgressBar
	phase    int // columns
	warning  string
}

func newBar(terminal *os.File, prefix string) *bar {
	columns, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil {
		columns = 80
	}
	phase, width := layout(columns - len(prefix))
	shown := progressbar.NewOptions(100,
		progressbar.OptionSetWriter(terminal),
		progressbar.OptionSetWidth(width),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionUseANSICodes(true), // to clear what was typed, too
	)
	return &bar{terminal: terminal, prefix: prefix, shown: shown, phase: phase}
}

// layout divides columns between what is said and the bar, of which either may
// get none.
func layout(columns int) (phase, width int) {
	room := max(0, columns-barFrame)
	phase = min(maxPhase, room*2/3)
	return phase, min(maxBar, room-phase)
}

func (b *bar) show(p tor.Progress) {
	if p.Warning != "" && p.Warning != b.warning {
		b.warning = p.Warning
		_ = b.shown.Clear()
		fmt.Fprintf(b.terminal, "%s%s\n", b.prefix, p.Warning)
	}
	// None of this fails unless the terminal is gone.
	b.shown.Describe(fmt.Sprintf("%s%-*.*s", b.prefix, b.phase, b.phase, p.Summary))
	_ = b.shown.Set(p.Percent)
	// What somebody types meanwhile is echoed over the line, not behind it, where
	// it would make a second one that stays.
	fmt.Fprint(b.terminal, "\r")
}

// clear takes the line away, however far the bar has got.
func (b *bar) clear() { _ = b.shown.Clear() }
