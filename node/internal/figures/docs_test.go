package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/internal/report"
)

// TestDocsHaveAPlace: the documentation of this module has the two lines.
func TestDocsHaveAPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", report.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Replace(text, "new"); err != nil {
		t.Error(err)
	}
}
