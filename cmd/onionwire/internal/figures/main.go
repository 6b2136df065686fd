// Command figures measures the program as people and scripts have it: how large it is,
// what it takes to start and to write a message by it, and how soon the interface shows
// what is typed into it. It compiles the program as a release has it, and runs it on a
// fake Tor: nothing of it waits for a network.
//
// It prints a table in Markdown. With -docs it also writes that into the documentation:
//
//	go run ./cmd/onionwire/internal/figures -docs docs
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"syscall"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

// measure is one thing to measure.
type measure struct {
	name string // what -measure selects by
	run  func(ctx context.Context, b *bench) ([]report.Figure, error)
}

// measures in the order of measuring.
var measures = []measure{
	{"Size", measureSize},
	{"Start", measureStart},
	{"SendAlone", measureSendAlone},
	{"Send", measureSend},
	{"Interface", measureInterface},
}

// docs is where the figures go.
var docs = report.Docs{Name: "program figures", Command: "go run ./cmd/onionwire/internal/figures -docs docs"}

func main() {
	folder := flag.String("docs", "", "write the table into benchmarks.md of this `folder`")
	only := flag.String("measure", ".", "measure what matches this `regexp`: Size, Start, SendAlone, Send, Interface")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	matching, err := regexp.Compile(*only)
	if err == nil {
		err = run(ctx, matching, *folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run measures and reports. That a goal is missed is no error.
func run(ctx context.Context, only *regexp.Regexp, folder string) error {
	wanted := slices.DeleteFunc(slices.Clone(measures), func(m measure) bool { return !only.MatchString(m.name) })
	if folder != "" && len(wanted) < len(measures) {
		return errors.New("the documentation gets all figures or none")
	}
	if len(wanted) == 0 {
		return nil // somebody measures something else
	}
	dir, err := os.MkdirTemp("", "onionwire-figures-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := newBench(dir)
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.furnish(ctx); err != nil {
		return err
	}
	table := report.Table{Base: "beside"}
	for _, m := range wanted {
		progress("measuring: %s", m.name)
		found, err := m.run(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		table.Figures = append(table.Figures, found...)
	}
	fmt.Fprint(os.Stdout, table)
	if folder == "" {
		return nil
	}
	return docs.Write(folder, table)
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// took is a figure about a time.
func took(what string, d time.Duration) report.Figure {
	ms := milliseconds(d)
	return report.Figure{Measure: what, Ours: fmt.Sprintf("%.1f ms", ms), Value: ms, Unit: " ms"}
}

// within is one that has a goal.
func within(what string, d, limit time.Duration) report.Figure {
	f := took(what, d)
	f.Limit = milliseconds(limit)
	return f
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// percentile returns what so many of a hundred are not longer than.
func percentile(took []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[(len(sorted)*percent+99)/100-1]
}
