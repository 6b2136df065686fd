package tortest_test

import (
	"net"
	"net/textproto"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestClientRestart(t *testing.T) {
	n := sharedNetwork(t)
	for _, unix := range []bool{false, true} {
		c := startClient(t, n, tortest.ClientConfig{Unix: unix})
		ends := map[string]func(){"Stop": c.Stop, "Kill": c.Kill}
		for name, end := range ends {
			dialControl(t, c).ask("GETINFO version")
			end()
			end() // once more does nothing
			network, address := endpoint(c.Control)
			if conn, err := net.Dial(network, address); err == nil {
				conn.Close()
				t.Errorf("%s answers after %s", c.Control, name)
			}
			if err := c.Ready(t.Context()); err == nil {
				t.Errorf("ready after %s", name)
			}
			if err := c.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ready(t, c)
		c.Stop()
	}
}

func TestClientPassword(t *testing.T) {
	c := startClient(t, sharedNetwork(t), tortest.ClientConfig{Password: "right"})
	defer c.Stop()
	if c.CookieFile != "" {
		t.Error("a client with a password names a cookie")
	}
	dialControl(t, c).ask("GETINFO version")
	conn, err := textproto.Dial(endpoint(c.Control))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.PrintfLine("AUTHENTICATE %q", "wrong"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.ReadResponse(515); err != nil {
		t.Errorf("a wrong password: %v, want a refusal", err)
	}
}

func TestClientTorrc(t *testing.T) {
	n := sharedNetwork(t)
	c := startClient(t, n, tortest.ClientConfig{Torrc: "CookieAuthentication 0\nDisableNetwork 1", SocksFlags: "ExtendedErrors"})
	defer c.Stop()
	conn, err := textproto.Dial(endpoint(c.Control))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctl := control{t, conn}
	ctl.ask("AUTHENTICATE") // the line of the caller won
	if flags := ctl.ask("GETCONF SocksPort"); !strings.Contains(flags, "ExtendedErrors") {
		t.Errorf("%s lacks its flag", flags)
	}
	_, err = n.StartClient(t.Context(), tortest.ClientConfig{Torrc: "NoSuchOption 1"})
	if err == nil || !strings.Contains(err.Error(), "Unknown option 'NoSuchOption'") {
		t.Errorf("StartClient = %v, want tor's own words", err)
	}
}
