//go:build unix

package tor_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestLookupFindsTor(t *testing.T) {
	b, err := tor.LookupBinary(testContext(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(b.Path) || b.Version.Less(tor.MinVersion) {
		t.Errorf("found %+v", b)
	}
	again, err := tor.LookupBinary(testContext(t), b.Path)
	if err != nil || again != b {
		t.Errorf("by its path: %+v, %v, want %+v", again, err, b)
	}
}

func TestNoBinary(t *testing.T) {
	tor.HideUsualPlaces(t)
	for name, c := range map[string]struct{ path, env string }{
		"explicit path": {path: filepath.Join(t.TempDir(), "tor")},
		"empty PATH":    {},
		"nothing there": {env: t.TempDir()},
		"a folder":      {path: t.TempDir()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", c.env)
			_, err := tor.LookupBinary(t.Context(), c.path)
			wantErr(t, err, tor.ErrNoBinary)
			_, err = tor.Start(t.Context(), tor.Config{Binary: c.path, Torrc: isolated})
			wantErr(t, err, tor.ErrNoBinary)
		})
	}
}

func TestNotTor(t *testing.T) {
	for name, body := range map[string]string{
		"says something else": `echo "shell 1.2.3"`,
		"says nothing":        `true`,
		"fails":               `echo "Tor version 0.4.9.11."; exit 3`,
		"never stops talking": `exec yes`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tor.LookupBinary(t.Context(), script(t, body))
			wantErr(t, err, tor.ErrNoBinary) // not that it took too long
		})
	}
}

func TestOldVersion(t *testing.T) {
	path := script(t, `echo "Tor version 0.4.7.16."`)
	_, err := tor.Start(t.Context(), tor.Config{Binary: path, Torrc: isolated})
	wantErr(t, err, tor.ErrOldVersion)
	for _, version := range []string{"0.4.7.16", tor.MinVersion.String()} {
		if !strings.Contains(err.Error(), version) {
			t.Errorf("error %q does not name version %s", err, version)
		}
	}
}

func TestHangingVersionIsBoundedByContext(t *testing.T) {
	path := script(t, `exec sleep 3600`)
	_, err := tor.LookupBinary(within(t, 100*time.Millisecond), path)
	wantErr(t, err, context.DeadlineExceeded)
	if errors.Is(err, tor.ErrNoBinary) {
		t.Errorf("error %v says that there is no tor", err)
	}
}

func TestParseVersion(t *testing.T) {
	for _, c := range []struct {
		in, want string // empty for an error
	}{
		{"0.4.9.11", "0.4.9.11"},
		{"Tor version 0.4.9.11.\nThis build of Tor is covered", "0.4.9.11"},
		{"Tor version 0.4.8.1-alpha-dev (git-0123456789abcdef).", "0.4.8.1"},
		{"0.4.8.12-rc", "0.4.8.12"},
		{"Tor 0.4.9 or 0.4.9.1", "0.4.9.1"},
		{"65535.0.0.0", "65535.0.0.0"},
		{"", ""},
		{"Tor", ""},
		{"0.4.9", ""},
		{"0.4.9.1.1", ""},
		{"65536.0.0.0", ""},
		{"0.4.9.x", ""},
		{"0.4.-9.1", ""},
		{"+0.4.9.1", ""},
	} {
		v, err := tor.ParseVersion(c.in)
		if (err != nil) != (c.want == "") || err == nil && v.String() != c.want {
			t.Errorf("ParseVersion(%q) = %v, %v, want %q", c.in, v, err, c.want)
		}
	}
}

func TestVersionLess(t *testing.T) {
	ordered := []tor.Version{{0, 3, 9, 9}, {0, 4, 7, 16}, {0, 4, 8, 0}, {0, 4, 8, 10}, {0, 4, 10, 1}, {1, 0, 0, 0}}
	for i, v := range ordered {
		for j, w := range ordered {
			if v.Less(w) != (i < j) {
				t.Errorf("%s.Less(%s) = %v", v, w, v.Less(w))
			}
		}
	}
}

func FuzzParseVersion(f *testing.F) {
	f.Add("Tor version 0.4.9.11 (git-0123456789abcdef).")
	f.Add("0.4.8.12-rc")
	f.Add("1.2.3.4.5 .... 1.-2.3.4")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tor.ParseVersion(s)
		if err != nil {
			if len(err.Error()) > 512 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
			return
		}
		if again, err := tor.ParseVersion(v.String()); err != nil || again != v {
			t.Errorf("%q: %v is read back as %v, %v", s, v, again, err)
		}
	})
}
