package tor_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// oddPassword has what has a meaning somewhere on the way: in a format, in a
// quoted string, in a command line.
const oddPassword = `100% "s$cret\ 'ü`

func startClient(t testing.TB, cfg tortest.ClientConfig) *tortest.Client {
	t.Helper()
	c, err := privateNetwork(t).StartClient(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Kill)
	return c
}

func TestAttach(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]tortest.ClientConfig{
		"TCP, cookie":    {},
		"TCP, password":  {Password: oddPassword},
		"unix, cookie":   {Unix: true},
		"unix, password": {Unix: true, Password: oddPassword},
	} {
		t.Run(name, func(t *testing.T) {
			c := startClient(t, cfg)
			control, socks := parseAddr(t, c.Control), parseAddr(t, c.Socks)
			d := attach(t, tor.AttachConfig{Control: control, Password: cfg.Password})
			if d.SOCKS() != socks {
				t.Errorf("the SOCKS port was asked for and is %s, want %s", d.SOCKS(), socks)
			}
			if d.Managed() || d.Version().Less(tor.MinVersion) {
				t.Errorf("Managed %v, Version %s", d.Managed(), d.Version())
			}
			if err := d.WaitReady(testContext(t)); err != nil {
				t.Error(err)
			}
			l, err := d.ListenTarget()
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			if l.Addr().Network() != "tcp" {
				t.Errorf("the target for somebody else's tor is %s", l.Addr().Network())
			}
			given := tor.Addr{Network: "tcp", Address: "127.0.0.1:1"}
			d = attach(t, tor.AttachConfig{Control: control, SOCKS: given, Password: cfg.Password})
			if d.SOCKS() != given {
				t.Errorf("the SOCKS port was given and is %s", d.SOCKS())
			}
		})
	}
}

func TestAttachRefused(t *testing.T) {
	password := startClient(t, tortest.ClientConfig{Password: "right"})
	cookie := startClient(t, tortest.ClientConfig{})
	bad := func(content string) string {
		path := filepath.Join(t.TempDir(), "cookie")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, cfg := range map[string]tor.AttachConfig{
		"wrong password":     {Control: parseAddr(t, password.Control), Password: "wrong"},
		"no password":        {Control: parseAddr(t, password.Control)},
		"no cookie":          {Control: parseAddr(t, cookie.Control), CookieFile: filepath.Join(t.TempDir(), "cookie")},
		"cookie is a folder": {Control: parseAddr(t, cookie.Control), CookieFile: t.TempDir()},
		"short cookie":       {Control: parseAddr(t, cookie.Control), CookieFile: bad("0123456789012345678901234567890")},
		"long cookie":        {Control: parseAddr(t, cookie.Control), CookieFile: bad("012345678901234567890123456789012")},
		"another's cookie":   {Control: parseAddr(t, cookie.Control), CookieFile: bad("01234567890123456789012345678901")},
	} {
		t.Run(name, func(t *testing.T) {
			for range 20 { // tor hangs up behind its refusal
				d, err := tor.Attach(testContext(t), cfg)
				if err == nil {
					d.Close()
				}
				wantErr(t, err, tor.ErrAuth)
			}
		})
	}
}

func TestAttachToNothing(t *testing.T) {
	l := listenLoopback(t)
	l.Close()
	_, err := tor.Attach(t.Context(), tor.AttachConfig{Control: parseAddr(t, l.Addr().String())})
	wantText(t, err, "cannot reach the control port")
}

func TestAttachedDaemonLivesOn(t *testing.T) {
	t.Parallel()
	c := startClient(t, tortest.ClientConfig{})
	control := tor.AttachConfig{Control: parseAddr(t, c.Control)}
	key := newKey(t)
	d := attach(t, control)
	s := publish(t, d, key)
	awaitUploading(t, s)
	d.Close()
	wantErr(t, d.Err(), tor.ErrClosed)
	wantErr(t, s.Ready(testContext(t)), tor.ErrClosed)
	// The key is free as soon as tor has noticed.
	d = attach(t, control)
	for end := time.Now().Add(testTimeout); ; time.Sleep(10 * time.Millisecond) {
		s := publish(t, d, key)
		st := awaitUploading(t, s)
		if st.Phase != tor.Gone {
			break
		}
		if !errors.Is(st.Err, tor.ErrCollision) || time.Now().After(end) {
			t.Fatalf("the service of a closed daemon is still there: %v", st.Err)
		}
	}
}

// awaitUploading waits until the descriptors of a service are under way, or it is
// past that, and returns its status.
func awaitUploading(t testing.TB, s *tor.Service) tor.ServiceStatus {
	t.Helper()
	var last tor.ServiceStatus
	for last = range s.Status(testContext(t)) {
		if last.Phase >= tor.Uploading {
			return last
		}
	}
	t.Fatalf("the descriptors never were uploaded: %+v", last)
	return last
}
