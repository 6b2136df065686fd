package redact_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact"
)

func TestPath(t *testing.T) {
	const name = "rosebud"
	path := filepath.Join(t.TempDir(), name)
	_, opened := os.Open(path)
	_, dialled := new(net.Dialer).DialContext(t.Context(), "unix", path)
	for what, err := range map[string]error{
		"a file":   opened,
		"a link":   os.Link(path, path+"2"),
		"a socket": dialled,
		"wrapped":  fmt.Errorf("reading %s: %w", path, opened),
		"joined":   errors.Join(opened, os.Remove(path+"2")),
	} {
		got := redact.Path(err)
		if !errors.Is(got, fs.ErrNotExist) || strings.Contains(got.Error(), name) {
			t.Errorf("of the error about %s is left %v", what, got)
		}
	}
	other := errors.New("no path")
	if got := redact.Path(other); !errors.Is(got, other) {
		t.Errorf("another error becomes %v", got)
	}
	const want = "reading …: open …: "
	if got := redact.Path(fmt.Errorf("reading %s: %w", path, opened)).Error(); !strings.HasPrefix(got, want) {
		t.Errorf("what is left is %q, want %q", got, want)
	}
	if redact.Path(nil) != nil {
		t.Error("no error becomes one")
	}
}
