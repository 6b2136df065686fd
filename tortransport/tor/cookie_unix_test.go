//go:build unix

package tor_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// A control port that is not tor's might name anything.
func TestCookieThatNeverEnds(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	fake := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
	for _, file := range []string{pipe, "/dev/zero"} {
		_, err := tor.Attach(testContext(t), tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr()), CookieFile: file})
		wantErr(t, err, tor.ErrAuth)
	}
}
