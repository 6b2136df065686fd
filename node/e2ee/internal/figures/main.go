// Command figures measures the end-to-end protocol beside the bare primitives
// that it is made of, in one process and by turns: whatever else the machine does
// slows both.
//
// It prints a table in Markdown. With -docs it also writes that into the
// documentation:
//
//	go run ./node/e2ee/internal/figures -docs docs
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/onionwire/onionwire/internal/report"
)

// measure is one thing to measure.
type measure struct {
	name string // what -measure selects by
	run  func(rounds int) ([]report.Figure, error)
}

var measures = []measure{
	{"Cell", measureCells},
	{"Step", measureStep},
	{"Handshake", measureHandshake},
	{"Saved", measureSaved},
}

// defaultRounds take half a minute in all.
const defaultRounds = 600

// options are the flags.
type options struct {
	rounds int
	docs   string
	only   *regexp.Regexp
}

func main() {
	var opts options
	flag.IntVar(&opts.rounds, "rounds", defaultRounds, "measure each thing `N` times")
	flag.StringVar(&opts.docs, "docs", "", "write the table into benchmarks.md of this `folder`")
	only := flag.String("measure", ".", "measure what matches this `regexp`: Cell, Step, Handshake, Saved")
	flag.Parse()
	err := func() (err error) {
		if opts.only, err = regexp.Compile(*only); err != nil {
			return err
		}
		return run(opts)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run measures and reports. That a limit is passed is no error.
func run(opts options) error {
	missing := func(m measure) bool { return !opts.only.MatchString(m.name) }
	switch {
	case opts.rounds < 1:
		return errors.New("nothing is measured in less than one round")
	case opts.docs != "" && slices.ContainsFunc(measures, missing):
		return errors.New("the documentation gets all figures or none")
	}
	var figures []report.Figure
	for _, m := range measures {
		if missing(m) {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s, %d rounds\n", m.name, opts.rounds)
		found, err := m.run(opts.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		figures = append(figures, found...)
	}
	if len(figures) == 0 {
		return nil
	}
	fmt.Fprint(os.Stdout, table(figures))
	if opts.docs == "" {
		return nil
	}
	return docs.Write(opts.docs, table(figures))
}
