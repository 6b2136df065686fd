package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	docsFile  = "benchmarks.md"
	chartFile = "benchmarks.svg"
	// What stands between these lines of docsFile is written by this program.
	docsBegin = "<!-- figures: begin -->"
	docsEnd   = "<!-- figures: end -->"
)

// chartLink shows the chart.
const chartLink = "![" + chartTitle + "](" + chartFile + ")"

// command is what writes the documentation.
const command = "go run ./tortransport/internal/figures -docs docs"

// conditions says what was measured with, and when.
func conditions(ctx context.Context) (string, error) {
	binary, err := tor.LookupBinary(ctx, "")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Measured on %s with tor %s, %s and go-libp2p %s on %d cores (%s/%s), by\n\n    %s",
		time.Now().UTC().Format(time.DateOnly), binary.Version, goVersion(), libp2pVersion(),
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, command), nil
}

func goVersion() string { return "Go " + strings.TrimPrefix(runtime.Version(), "go") }

func libp2pVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/libp2p/go-libp2p" {
				return strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return "of an unknown version"
}

// writeDocs writes table and chart into the documentation in dir.
func writeDocs(dir, conditions string, figures []figure) error {
	path := filepath.Join(dir, docsFile)
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := replaceFigures(old, chartLink+"\n\n"+conditions+"\n\n"+table(figures))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // it is published
		return err
	}
	return os.WriteFile(filepath.Join(dir, chartFile), []byte(chart(figures)), 0o644) //nolint:gosec // as above
}

// replaceFigures puts new text between the two lines.
func replaceFigures(doc []byte, text string) ([]byte, error) {
	head, rest, begun := bytes.Cut(doc, []byte(docsBegin+"\n"))
	_, tail, ended := bytes.Cut(rest, []byte(docsEnd+"\n"))
	if !begun || !ended {
		return nil, errors.New("the lines between which the figures stand are missing")
	}
	return fmt.Appendf(nil, "%s%s\n\n%s\n%s\n%s", head, docsBegin, text, docsEnd, tail), nil
}
