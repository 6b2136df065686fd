package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	docsFile = "benchmarks.md"
	// What stands between these lines of docsFile is written by this program.
	docsBegin = "<!-- end-to-end figures: begin -->"
	docsEnd   = "<!-- end-to-end figures: end -->"
)

// command is what writes the documentation.
const command = "go run ./node/e2ee/internal/figures -docs docs"

// conditions says what was measured with, and when.
func conditions() string {
	return fmt.Sprintf("Measured on %s with Go %s on %d cores (%s/%s), by\n\n    %s",
		time.Now().UTC().Format(time.DateOnly), strings.TrimPrefix(runtime.Version(), "go"),
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, command)
}

// writeDocs writes the table into the documentation in dir.
func writeDocs(dir string, figures []figure) error {
	path := filepath.Join(dir, docsFile)
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text, err := replaceFigures(old, conditions()+"\n\n"+table(figures))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o644) //nolint:gosec // it is published
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
