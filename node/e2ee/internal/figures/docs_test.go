package main

import (
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
		if err := writeDocs(dir, sample()); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || strings.Contains(got, "old") {
		t.Errorf("what is around the figures has changed, or they have not: %q", got)
	}
	for _, want := range []string{command, table(sample())} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is there %d times, want once", want, strings.Count(got, want))
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
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", docsFile))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replaceFigures(text, "new"); err != nil {
		t.Error(err)
	}
}
