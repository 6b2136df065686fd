package tortest_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestFakeCommands(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	control, socks := f.ControlAddr(), f.SocksAddr()
	for _, test := range [][2]string{
		{"TAKEOWNERSHIP", "250 OK"},
		{"DROPOWNERSHIP", "250 OK"},
		{"SETEVENTS", "250 OK"},
		{"SETEVENTS hs_desc EXTENDED STATUS_CLIENT", "250 OK"},
		{"SETEVENTS HS_DESC NOPE", `552 Unrecognized event "NOPE"`},
		{"GETINFO", "250 OK"},
		{"GETINFO version", "250-version=0.4.9.11\n250 OK"},
		{"getinfo  version net/listeners/socks", "250-version=0.4.9.11\n250-net/listeners/socks=\"" + socks + "\"\n250 OK"},
		{"GETINFO net/listeners/control", "250-net/listeners/control=\"" + control + "\"\n250 OK"},
		{"GETINFO status/bootstrap-phase", "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"\n250 OK"},
		{"GETINFO config-text", "250+config-text=\nControlPort " + control + "\nSocksPort " + socks + "\n.\n250 OK"},
		{"GETINFO onions/current", "250-onions/current=\n250 OK"},
		{"GETINFO nope", `552 Unrecognized key "nope"`},
		{"GETINFO version nope also", "552-Unrecognized key \"nope\"\n552 Unrecognized key \"also\""},
		{"GETCONF", "250 OK"},
		{"GETCONF socksport", "250 SocksPort=" + socks},
		{"GETCONF ControlPort DisableNetwork", "250-ControlPort=" + control + "\n250 DisableNetwork=0"},
		{"GETCONF Bridge", "250 Bridge"},
		{"GETCONF Nope", `552 Unrecognized configuration key "Nope"`},
		{"SIGNAL NEWNYM", "250 OK"},
		{"SIGNAL", "512 Bad arguments to SIGNAL: Need at least 1 argument(s)"},
		{"SIGNAL NEWNYM x", "512 Bad arguments to SIGNAL: Cannot accept more than 1 argument(s)"},
		{"SIGNAL NOPE", `552 Unrecognized signal code "NOPE"`},
		{"NOPE at all", `510 Unrecognized command "NOPE"`},
		{"", `510 Unrecognized command ""`},
		{"+NOPE\r\ndata\r\n.", `510 Unrecognized command "+NOPE"`},
		{"PROTOCOLINFO 1", "250-PROTOCOLINFO 1\n250-AUTH METHODS=NULL\n250-VERSION Tor=\"0.4.9.11\"\n250 OK"},
		{"QUIT", "250 closing connection"},
	} {
		c.want(test[0], test[1])
	}
	c.wantEOF()
}

func TestFakeLineLength(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	ports := new(strings.Builder)
	for port := range 500 {
		fmt.Fprintf(ports, " Port=%d,unix:/%s", port+1, strings.Repeat("x", 100))
	}
	if reply := c.ask("ADD_ONION NEW:BEST" + ports.String()); !strings.HasSuffix(reply, "\n250 OK") {
		t.Errorf("five hundred ports: %q", reply)
	}
	if _, err := io.WriteString(c, strings.Repeat("x", 64<<10)); err != nil {
		t.Fatal(err)
	}
	if reply := c.reply(); reply != "500 Line too long." {
		t.Errorf("an endless line: %q", reply)
	}
	c.wantEOF()
}

func TestFakeRecordsWithoutSecrets(t *testing.T) {
	f := tortest.NewFake(t, tortest.FakePassword("pw"))
	c := dialController(t, f.ControlAddr())
	c.want(`AUTHENTICATE "pw"`, "250 OK")
	id := strings.Repeat("a", 56)
	for _, command := range []string{
		"ADD_ONION ED25519-V3:c2VjcmV0 Port=80",
		"add_onion c2VjcmV0 Port=80",
		"ADD_ONION NEW:BEST Flags=DiscardPK Port=80",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:c2VjcmV0 ClientName=bob",
		"ONION_CLIENT_AUTH_ADD " + id,
		"GETINFO version",
		"QUIT",
	} {
		c.ask(command)
	}
	want := []string{
		"AUTHENTICATE [redacted]",
		"ADD_ONION ED25519-V3:[redacted] Port=80",
		"add_onion [redacted] Port=80",
		"ADD_ONION NEW:BEST Flags=DiscardPK Port=80",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:[redacted] ClientName=bob",
		"ONION_CLIENT_AUTH_ADD " + id,
		"GETINFO version",
		"QUIT",
	}
	if got := f.Commands(); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}
