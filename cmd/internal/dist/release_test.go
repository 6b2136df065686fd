package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVersions(t *testing.T) {
	for version, want := range map[string]string{
		"v1.2.3": "1.2.3", "v1.2.3-rc.1": "1.2.3~rc.1", "v0.0.0-20260301120000-0123456789ab": "0.0.0~20260301120000.0123456789ab",
		"v1.2.3+dirty": "1.2.3+dirty",
	} {
		if got := (release{version: version}).debian(); got != want {
			t.Errorf("%s is %s for Debian, want %s", version, got, want)
		}
	}
}

// Nothing is removed that was not made here.
func TestClean(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"onionwire_1.deb", sumsFile, "thesis.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := clean(dir); err == nil || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("it says %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 3 {
		t.Errorf("%d files are left", len(left))
	}
	if err := os.Remove(filepath.Join(dir, "thesis.txt")); err != nil {
		t.Fatal(err)
	}
	if err := clean(dir); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}
