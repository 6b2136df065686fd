// Command figures measures the transport beside what there is without it: raw
// streams through the same tor processes, and stock go-libp2p hosts. It does so on
// one private Tor network, whose links it makes as slow as those of the real one,
// and in one run: only figures that were measured in turn can be compared.
//
// It prints a table in Markdown. With -docs it also writes that, and a chart of it,
// into the documentation:
//
//	go run ./tortransport/internal/figures -docs docs
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p/gologshim"
)

// linkDelay makes each link of the network as slow as those of the real one are: a
// round trip between client and service crosses 14 of them.
const linkDelay = 20 * time.Millisecond

// measure is one thing to measure.
type measure struct {
	name   string // what -measure selects by
	rounds int    // unless -rounds says less
	// run measures on a bed, which is nil for what needs no network.
	run   func(ctx context.Context, b *bed, rounds int) ([]figure, error)
	needs need
}

// need is what a measure is about.
type need int

const (
	needsCircuit need = iota // the one to the service, all the time
	needsNetwork             // the tors of the bed
	needsQuiet               // nothing else in this process, and no network
)

// measures in the order of measuring: what needs quiet must come first.
var measures = []measure{
	{name: "Idle", rounds: 3, run: measureIdle, needs: needsQuiet},
	{name: "Echo", rounds: 10, run: measureFirstEcho},
	{name: "Dial", rounds: 10, run: measureDial},
	{name: "Ping", rounds: 25, run: measurePing},
	{name: "Throughput", rounds: 3, run: measureThroughput},
	{name: "Listen", rounds: 6, run: measureListen, needs: needsNetwork},
	{name: "Restart", rounds: 4, run: measureRestart, needs: needsNetwork},
}

// options are the flags.
type options struct {
	rounds int
	docs   string
	only   *regexp.Regexp
}

func main() {
	var opts options
	flag.IntVar(&opts.rounds, "rounds", 0, "measure each thing at most `N` times, for a quick look")
	flag.StringVar(&opts.docs, "docs", "", "write table and chart into benchmarks.md and benchmarks.svg of this `folder`")
	only := flag.String("measure", ".", "measure what matches this `regexp`: Idle, Echo, Dial, Ping, Throughput, Listen, Restart")
	fake := flag.Bool("fake", false, "be the fake Tor of another process")
	flag.Parse()
	// What stock libp2p thinks of Tor's sockets is not what is asked here.
	gologshim.SetDefaultHandler(slog.DiscardHandler)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() (err error) {
		if *fake {
			return serveFake(os.Stdin, os.Stdout)
		}
		if opts.only, err = regexp.Compile(*only); err != nil {
			return err
		}
		return run(ctx, opts)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run measures and reports. That a goal is missed is no error.
func run(ctx context.Context, opts options) error {
	missing := func(m measure) bool { return !opts.only.MatchString(m.name) }
	if opts.docs != "" && slices.ContainsFunc(measures, missing) {
		return errors.New("the documentation gets all figures or none")
	}
	began := time.Now()
	var figures []figure
	var b *bed
	for _, m := range measures {
		if missing(m) {
			continue
		}
		if m.needs != needsQuiet && b == nil {
			var err error
			if b, err = makeBed(ctx); err != nil {
				return err
			}
			defer b.close()
		}
		rounds := m.rounds
		if opts.rounds > 0 {
			rounds = min(rounds, opts.rounds)
		}
		found, err := m.measure(ctx, b, rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		figures = append(figures, found...)
	}
	if len(figures) == 0 {
		return nil
	}
	progress("that took %s", time.Since(began).Round(time.Second))
	sortFigures(figures)
	fmt.Fprint(os.Stdout, table(figures))
	if opts.docs == "" {
		return nil
	}
	with, err := conditions(ctx)
	if err != nil {
		return err
	}
	return writeDocs(opts.docs, with, figures)
}

// measure measures, and again if the circuit has broken on the way.
func (m measure) measure(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	const tries = 3
	for try := 1; ; try++ {
		progress("measuring: %s, %d rounds", m.name, rounds)
		if m.needs != needsCircuit {
			return m.run(ctx, b, rounds)
		}
		before, err := b.path(ctx)
		if err != nil {
			return nil, err
		}
		found, err := m.run(ctx, b, rounds)
		if err != nil {
			return nil, err
		}
		after, err := b.path(ctx)
		if err != nil {
			return nil, err
		}
		if after == before {
			return found, nil
		}
		progress("the circuit was not the same all the time")
		if try == tries {
			return nil, errors.New("no circuit lasts long enough to be measured on")
		}
	}
}

// progress tells who waits what is going on.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
