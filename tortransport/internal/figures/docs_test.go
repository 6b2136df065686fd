package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteDocs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, docsFile)
	before, after := "# Benchmarks\n\n"+docsBegin+"\n", docsEnd+"\n\nMore text.\n"
	if err := os.WriteFile(path, []byte(before+"old\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // what it has written it can replace
		if err := writeDocs(dir, "Measured today.", sample()); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := before + "\n" + chartLink + "\n\nMeasured today.\n\n" + table(sample()) + "\n" + after; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	svg, err := os.ReadFile(filepath.Join(dir, chartFile))
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the chart is not well-formed: %v", err)
		}
	}
}

// TestWriteDocsNowhere: text that has no place for figures is left alone.
func TestWriteDocsNowhere(t *testing.T) {
	for _, text := range []string{"", docsBegin + "\n", docsEnd + "\n" + docsBegin + "\n"} {
		if _, err := replaceFigures([]byte(text), "new"); err == nil {
			t.Errorf("%q was changed", text)
		}
	}
}

// TestDocsHaveAPlace: the documentation of this module has the two lines.
func TestDocsHaveAPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", docsFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replaceFigures(text, "new"); err != nil {
		t.Error(err)
	}
}
