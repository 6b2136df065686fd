package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

// TestPlace: the documentation has the place where the figures go.
func TestPlace(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", report.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Replace(text, "new"); err != nil {
		t.Error(err)
	}
}

func TestPercentile(t *testing.T) {
	took := []time.Duration{5, 1, 4, 2, 3}
	for percent, want := range map[int]time.Duration{20: 1, 50: 3, 95: 5, 100: 5} {
		if got := percentile(took, percent); got != want {
			t.Errorf("%d of 100 are up to %d, want %d", percent, got, want)
		}
	}
}
