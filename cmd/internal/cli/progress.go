package cli

import (
	"context"
	"fmt"
	"io"
	"os"

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
		bar := progressbar.NewOptions(100,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetWidth(24),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionClearOnFinish(),
		)
		show = func(p tor.Progress) {
			bar.Describe(fmt.Sprintf("%stor: %-36.36s", name, p.Summary))
			_ = bar.Set(p.Percent) // fails only if the terminal is gone
		}
		defer bar.Finish() //nolint:errcheck // as above
	}
	for p := range d.Progress(ctx) {
		show(p)
	}
	return d.WaitReady(ctx)
}
