// Command figures measures the messenger beside what it stands on: raw streams on
// the same path of a private Tor network, whose links it makes as slow as those of
// the real one, in one run.
//
// It prints a table in Markdown. With -docs it also writes that into the
// documentation:
//
//	go run ./node/internal/figures -docs docs
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

	"github.com/onionwire/onionwire/internal/report"
)

// linkDelay makes each link of the network as slow as those of the real one are: a
// round trip between client and service crosses 14 of them.
const linkDelay = 20 * time.Millisecond

// measure is one thing to measure.
type measure struct {
	name  string // what -measure selects by
	quiet bool   // in a process of its own, and without a network
	run   func(ctx context.Context, b *bed) ([]report.Figure, error)
}

// measures in the order of measuring: what needs quiet comes first.
var measures = []measure{
	{"Sends", true, measureSends},
	{"History", true, measureHistory},
	{"Idle", true, measureIdle},
	{"Delivery", false, measureDelivery},
	{"Queue", false, measureQueue},
	{"File", false, measureFile},
	{"Cold", false, measureCold},
}

// docs is where the figures go.
var docs = report.Docs{Name: "messenger figures", Command: "go run ./node/internal/figures -docs docs"}

func main() {
	folder := flag.String("docs", "", "write the table into benchmarks.md of this `folder`")
	only := flag.String("measure", ".", "measure what matches this `regexp`: Sends, History, Idle, Delivery, Queue, File, Cold")
	child := flag.String("child", "", "be the process that is measured")
	flag.Parse()
	gologshim.SetDefaultHandler(slog.DiscardHandler) // libp2p's own log has addresses in full
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := func() error {
		if *child != "" {
			return beChild(ctx, *child, flag.Args())
		}
		matching, err := regexp.Compile(*only)
		if err != nil {
			return err
		}
		return run(ctx, matching, *folder)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run measures and reports. That a goal is missed is no error.
func run(ctx context.Context, only *regexp.Regexp, folder string) error {
	missing := func(m measure) bool { return !only.MatchString(m.name) }
	if folder != "" && slices.ContainsFunc(measures, missing) {
		return errors.New("the documentation gets all figures or none")
	}
	table := report.Table{Base: "beside"}
	var b *bed
	for _, m := range measures {
		if missing(m) {
			continue
		}
		if !m.quiet && b == nil {
			var err error
			if b, err = makeBed(ctx); err != nil {
				return err
			}
			defer b.close()
		}
		progress("measuring: %s", m.name)
		found, err := m.run(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		table.Figures = append(table.Figures, found...)
	}
	if len(table.Figures) == 0 {
		return nil
	}
	fmt.Fprint(os.Stdout, table)
	if folder == "" {
		return nil
	}
	return docs.Write(folder, table)
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
