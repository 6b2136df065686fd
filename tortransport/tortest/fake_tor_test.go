package tortest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// startRealTor starts a tor whose network is disabled and returns the address
// of its control port. A password or a cookie lets controllers in.
func startRealTor(t *testing.T, password, cookie string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tor") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "control.sock")
	torrc := []string{
		"DisableNetwork 1",
		"SocksPort 0",
		"DataDirectory " + filepath.Join(dir, "data"),
		"ControlPort unix:" + socket,
		"CookieAuthentication 1",
		"CookieAuthFile " + cookie,
	}
	hash, err := exec.Command("tor", "--hash-password", password).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(hash)), "\n")
	torrc = append(torrc, "HashedControlPassword "+lines[len(lines)-1])
	for name, text := range map[string]string{"torrc": strings.Join(torrc, "\n"), "defaults": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	tor := exec.CommandContext(ctx, "tor", "--defaults-torrc", filepath.Join(dir, "defaults"), "-f", filepath.Join(dir, "torrc"))
	tor.Cancel = func() error { return tor.Process.Signal(syscall.SIGINT) }
	tor.WaitDelay = 5 * time.Second
	if err := tor.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		tor.Wait()
	})
	eventually(t, "tor opens its control port", func() bool {
		conn, err := net.Dial("unix", socket)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
	return "unix:" + socket
}

// converse authenticates and asks a series of commands; a command behind "!"
// goes to a connection of its own that is not authenticated.
func converse(t *testing.T, addr, password string, commands []string) []string {
	t.Helper()
	var replies []string
	c := dialController(t, addr)
	c.want(`AUTHENTICATE "`+password+`"`, "250 OK")
	for _, command := range commands {
		if early, ok := strings.CutPrefix(command, "!"); ok {
			stranger := dialController(t, addr)
			reply := stranger.ask(early)
			if !strings.HasPrefix(reply, "250") {
				stranger.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
				if _, err := stranger.lines.ReadByte(); !errors.Is(err, os.ErrDeadlineExceeded) {
					reply += " (and closes)"
				}
			}
			replies = append(replies, reply)
			continue
		}
		replies = append(replies, c.ask(command))
	}
	return replies
}

// TestFakeAnswersLikeTor asks tor and the fake the same and compares the
// answers, without what is random in them.
func TestFakeAnswersLikeTor(t *testing.T) {
	const password = "hunter2"
	cookie := filepath.Join(t.TempDir(), "cookie")
	blob, id := onionKey(t)
	unclamped := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xFF}, 64))
	_, unknown := onionKey(t)
	commands := []string{
		"!PROTOCOLINFO 1", "!PROTOCOLINFO two", "!GETINFO version", "!NOPE", "!QUIT",
		`!AUTHENTICATE "no"`, "!AUTHENTICATE 00", "!AUTHENTICATE", "!AUTHENTICATE zz", `!AUTHENTICATE "no`,
		"!AUTHCHALLENGE", "!AUTHCHALLENGE COOKIE 00", "!AUTHCHALLENGE SAFECOOKIE", "!AUTHCHALLENGE SAFECOOKIE zz",
		`!AUTHCHALLENGE SAFECOOKIE "abc"`,
		"PROTOCOLINFO 1", "TAKEOWNERSHIP", "DROPOWNERSHIP", "NOPE", "", "+NOPE\r\ndata\r\n.",
		"SETEVENTS HS_DESC EXTENDED status_client", "SETEVENTS NOPE", "SETEVENTS",
		"GETINFO", "GETINFO version", "GETINFO nope version also", "GETINFO onions/current",
		"GETCONF", "GETCONF Bridge", "GETCONF hiddenserviceoptions", "GETCONF Nope", "GETCONF Nope Also",
		"SIGNAL", "SIGNAL NOPE", "SIGNAL NEWNYM", "SIGNAL NEWNYM x",
		"ADD_ONION", "ADD_ONION NEW:BEST", "ADD_ONION NEW Port=80", "ADD_ONION NOPE:x Port=80", "ADD_ONION Port=80",
		"ADD_ONION NEW:NOPE Port=80", "ADD_ONION ED25519-V3:AAAA Port=80", "ADD_ONION ED25519-V3: Port=80",
		"ADD_ONION NEW:BEST Port=0", "ADD_ONION NEW:BEST Port=80,0", "ADD_ONION NEW:BEST Port=80,nope:nope",
		`ADD_ONION NEW:BEST Port=80,"unix:/x"`, "ADD_ONION NEW:BEST Port=80 nope", "ADD_ONION NEW:BEST Port=80 Nope=1",
		"ADD_ONION NEW:BEST Port=80 Flags=", "ADD_ONION NEW:BEST Port=80 Flags=Nope", "ADD_ONION NEW:BEST Port=80 Flags=NonAnonymous",
		"ADD_ONION NEW:BEST Port=80 Flags=V3Auth", "ADD_ONION NEW:BEST Port=80 ClientAuthV3=ABCD",
		"ADD_ONION NEW:BEST Port=80 ClientAuthV3=" + strings.Repeat("A", 52), "ADD_ONION NEW:BEST Port=80 MaxStreams=65536",
		"ADD_ONION NEW:BEST Port=80", "add_onion new:ed25519-v3 port=80,unix:/x flags=discardpk,detach",
		"ADD_ONION ED25519-V3:" + blob + " Port=80,127.0.0.1:9 Port=81,9", "ADD_ONION ED25519-V3:" + blob + " Port=80",
		"ADD_ONION ED25519-V3:" + unclamped + " Port=80",
		"DEL_ONION", "DEL_ONION nope", "DEL_ONION a b", "DEL_ONION " + unknown, "DEL_ONION " + id, "DEL_ONION " + id,
		"ONION_CLIENT_AUTH_ADD", "ONION_CLIENT_AUTH_ADD nope x25519:AAAA", "ONION_CLIENT_AUTH_ADD " + id + " x25519:AAAA",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:" + strings.Repeat("A", 43) + "=",
		"ONION_CLIENT_AUTH_ADD " + id + " nope:AAAA", "ONION_CLIENT_AUTH_ADD " + id + " nope",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:" + strings.Repeat("Q", 43) + "=",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:" + strings.Repeat("Q", 43) + "= ClientName=bob",
		"ONION_CLIENT_AUTH_ADD " + id + " x25519:" + strings.Repeat("Q", 43) + "= Flags=Permanent",
		"ONION_CLIENT_AUTH_VIEW", "ONION_CLIENT_AUTH_VIEW " + id, "ONION_CLIENT_AUTH_VIEW nope",
		"ONION_CLIENT_AUTH_REMOVE", "ONION_CLIENT_AUTH_REMOVE " + id, "ONION_CLIENT_AUTH_REMOVE " + id,
		"QUIT",
	}
	addr := startRealTor(t, password, cookie)
	want := converse(t, addr, password, commands)
	// The fake has a cookie of its own, at another place than tor's.
	own := filepath.Join(t.TempDir(), "cookie")
	f := tortest.NewFake(t, tortest.FakeCookie(own), tortest.FakePassword(password))
	got := converse(t, f.ControlAddr(), password, commands)

	random := regexp.MustCompile(`(SERVERHASH|SERVERNONCE|ServiceID|PrivateKey|Tor|version)=("?[\w.:+/=-]+"?( \(\w+\))?)`)
	plain := strings.NewReplacer(cookie, "COOKIE", own, "COOKIE", strings.ToUpper(id), id)
	for i, command := range commands {
		wanted := random.ReplaceAllString(plain.Replace(want[i]), "$1=…")
		answered := random.ReplaceAllString(plain.Replace(got[i]), "$1=…")
		if answered != wanted {
			t.Errorf("%.70s\n the fake: %q\n tor:      %q", command, answered, wanted)
		}
		if strings.Contains(command, "ED25519-V3:") && got[i] != want[i] {
			t.Errorf("the fake derives %q, tor %q", got[i], want[i])
		}
	}
}
