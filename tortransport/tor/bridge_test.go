package tor_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	someFingerprint = "0123456789ABCDEF0123456789ABCDEF01234567"
	someCert        = "cert=ldiVJxL6RRulpaaOQ6yzfiK9ORTsGoECb9fKix/OBMKd/dCcp8NpbES25wpST7IGILmwNw"
)

func TestBridgeLines(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"192.0.2.1:9001", "192.0.2.1:9001"},
		{"Bridge 192.0.2.1:9001 " + someFingerprint, "192.0.2.1:9001 " + someFingerprint},
		{"  bridge\t192.0.2.1  " + strings.ToLower(someFingerprint), "192.0.2.1:443 " + someFingerprint},
		{"[2001:db8::1]:9001", "[2001:db8::1]:9001"},
		{"obfs4 [2001:db8::1]:443 " + someCert + " iat-mode=0", "obfs4 [2001:db8::1]:443 " + someCert + " iat-mode=0"},
		{"obfs4 192.0.2.1:9001 " + someFingerprint + " " + someCert, "obfs4 192.0.2.1:9001 " + someFingerprint + " " + someCert},
		{"Bridge meek_lite 192.0.2.18:80 url=https://example.com/ x==", "meek_lite 192.0.2.18:80 url=https://example.com/ x=="},
		{"snowflake 192.0.2.3:80 " + someFingerprint + " ice=stun:a,b;", "snowflake 192.0.2.3:80 " + someFingerprint + " ice=stun:a,b;"},
	} {
		line, want := tc.line, tc.want
		got, err := tor.ParseBridge(line)
		if err != nil || got != want {
			t.Errorf("%q is %q, want %q: %v", line, got, want, err)
		}
		if again, err := tor.ParseBridge(got); err != nil || again != got {
			t.Errorf("%q does not parse to itself but to %q: %v", got, again, err)
		}
	}
}

func TestMalformedBridgeLines(t *testing.T) {
	for name, line := range map[string]string{
		"empty":            "",
		"bare word":        "Bridge",
		"transport only":   "obfs4",
		"host name":        "bridge.example.com:443",
		"no transport":     "http:// 192.0.2.1:443",
		"port 0":           "192.0.2.1:0",
		"large port":       "192.0.2.1:65536",
		"any address":      "0.0.0.0:443",
		"zone":             "[fe80::1%eth0]:443",
		"short print":      "192.0.2.1:443 " + someFingerprint[1:],
		"no hexadecimal":   "192.0.2.1:443 " + someFingerprint[1:] + "X",
		"two prints":       "192.0.2.1:443 " + someFingerprint + " " + someFingerprint,
		"no name":          "obfs4 192.0.2.1:443 =value",
		"plain parameters": "192.0.2.1:443 " + someCert,
		"another option":   "192.0.2.1:443\nSocksPort 9050",
		"carriage return":  "192.0.2.1:443\rSocksPort 9050",
		"continued":        "192.0.2.1:443 \\",
		"comment":          "obfs4 192.0.2.1:443 a=b #c",
		"quoted":           `obfs4 192.0.2.1:443 a="b"`,
		"zero byte":        "192.0.2.1:443\x00",
		"not ASCII":        "obfs4 192.0.2.1:443 a=ü",
		"too long":         "obfs4 192.0.2.1:443 a=" + strings.Repeat("b", 5000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tor.ParseBridge(line)
			wantErr(t, err, tor.ErrBridge)
			if err != nil && (strings.Contains(err.Error(), "192.0.2.1") || strings.Contains(err.Error(), someFingerprint[:10])) {
				t.Errorf("the error quotes the line: %v", err)
			}
			_, err = tor.Start(t.Context(), tor.Config{Torrc: isolated, Bridges: []string{"192.0.2.9:443", line}})
			wantErr(t, err, tor.ErrBridge)
			wantText(t, err, "bridge 2 of 2")
		})
	}
}

func FuzzParseBridge(f *testing.F) {
	f.Add("Bridge obfs4 192.0.2.1:9001 " + someFingerprint + " " + someCert + " iat-mode=0")
	f.Add("[2001:db8::1]:443 " + strings.ToLower(someFingerprint))
	f.Add("bridge 192.0.2.1\nSocksPort 9050")
	f.Add("meek_lite ::1 a=#b \\")
	f.Add("")
	f.Fuzz(func(t *testing.T, line string) {
		got, err := tor.ParseBridge(line)
		if err != nil {
			wantErr(t, err, tor.ErrBridge)
			return
		}
		// It is the value of one option, whatever it came from.
		if strings.ContainsAny(got, "\r\n#\"\\\x00") || strings.TrimSpace(got) != got {
			t.Fatalf("%q became %q", line, got)
		}
		if again, err := tor.ParseBridge(got); err != nil || again != got {
			t.Fatalf("%q does not parse to itself but to %q: %v", got, again, err)
		}
	})
}

func TestPluggableTransports(t *testing.T) {
	program := script(t, "exit 1")
	spaces := filepath.Join(t.TempDir(), "a program")
	if err := os.WriteFile(spaces, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	const bridge = "obfs4 192.0.2.1:443"
	for name, tc := range map[string]struct {
		transports []tor.PluggableTransport
		want       string
	}{
		"none":             {nil, "bridge 1 of 1 needs obfs4, and no program was named for it"},
		"another":          {[]tor.PluggableTransport{{Names: []string{"snowflake"}, Path: program}}, "needs obfs4"},
		"no program":       {[]tor.PluggableTransport{{Names: []string{"obfs4"}}}, "no program for obfs4"},
		"missing program":  {[]tor.PluggableTransport{{Names: []string{"obfs4"}, Path: "no-such-program"}}, "no-such-program"},
		"folder":           {[]tor.PluggableTransport{{Names: []string{"obfs4"}, Path: t.TempDir()}}, "no program for obfs4"},
		"no name":          {[]tor.PluggableTransport{{Path: program}}, "without the name"},
		"bad name":         {[]tor.PluggableTransport{{Names: []string{"obfs4 exec"}, Path: program}}, "no name of a transport"},
		"twice":            {[]tor.PluggableTransport{{Names: []string{"obfs4", "obfs4"}, Path: program}}, "two programs for obfs4"},
		"path with spaces": {[]tor.PluggableTransport{{Names: []string{"obfs4"}, Path: spaces}}, "spaces"},
		"argument":         {[]tor.PluggableTransport{{Names: []string{"obfs4"}, Path: program, Args: []string{"a\nLog debug"}}}, "arguments"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tor.Start(t.Context(), tor.Config{Torrc: isolated, Bridges: []string{bridge}, PluggableTransports: tc.transports})
			wantErr(t, err, tor.ErrNoTransport)
			wantText(t, err, tc.want)
		})
	}
}

// TestReachThroughBridge has a daemon that knows a bridge and nothing else.
func TestReachThroughBridge(t *testing.T) {
	t.Parallel()
	obfs4, err := tortest.LookupObfs4()
	if err != nil {
		t.Fatal(err)
	}
	service, _ := pair(t)
	awaitQuietTime(t)
	key := newKey(t)
	if err := publish(t, service, key).Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		bridge     tortest.BridgeConfig
		transports []tor.PluggableTransport
	}{
		"plain": {},
		"obfs4": {
			tortest.BridgeConfig{Transport: "obfs4"},
			[]tor.PluggableTransport{{Names: []string{"obfs4", "obfs3"}, Path: obfs4}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := privateNetwork(t).StartBridge(testContext(t), tc.bridge)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(b.Kill)
			var log bytes.Buffer
			d := start(t, tor.Config{
				Torrc:               privateNetwork(t).Torrc(),
				Bridges:             []string{"Bridge " + b.Line},
				PluggableTransports: tc.transports,
				Log:                 debugLog(&log),
			})
			if err := d.WaitReady(testContext(t)); err != nil {
				t.Fatal(err)
			}
			c, err := dial(testContext(t), d, key.Address().String(), virtualPort)
			if err != nil {
				t.Fatal(err)
			}
			ping(t, c)
			conns := strings.Join(ask(t, d, "GETINFO orconn-status"), "\n")
			if strings.Count(conns, "CONNECTED") != 1 || !strings.Contains(conns, b.Fingerprint) {
				t.Errorf("its connections are %q, want the bridge alone", conns)
			}
			d.Close()
			for _, word := range strings.Fields(b.Line) {
				if len(word) > len("iat-mode=0") && strings.Contains(log.String(), word) {
					t.Errorf("%q is in the log", word)
				}
			}
			if !strings.Contains(log.String(), "[bridge]") || strings.Contains(log.String(), "bridge1") {
				t.Errorf("no word of the bridge, or its name, is in the log:\n%s", log.String())
			}
		})
	}
}

// When the program for a transport ends, or is gone when tor is started again, tor
// says why it gets no further.
func TestTransportProgramFails(t *testing.T) {
	t.Parallel()
	for name, program := range map[string]string{
		"ends":   "exit 3",
		"speaks": `printf 'VERSION 1\nCMETHOD-ERROR obfs4 no luck today\nCMETHODS DONE\n'; sleep 60`,
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, tor.Config{
				Torrc:               privateNetwork(t).Torrc(),
				Bridges:             []string{"obfs4 127.0.0.1:1 " + someFingerprint + " " + someCert},
				PluggableTransports: []tor.PluggableTransport{{Names: []string{"obfs4"}, Path: script(t, program)}},
			})
			warning := awaitWarning(t, d)
			// Tor has more than one to say, in an order that nobody knows, and only the last
			// is kept.
			says := strings.Contains(warning, "anaged proxy") || strings.Contains(warning, "no configured transport")
			if !says || strings.Contains(warning, "PID") {
				t.Errorf("warning %q", warning)
			}
			err := d.WaitReady(within(t, 100*time.Millisecond))
			wantErr(t, err, tor.ErrNotReady)
			wantText(t, err, "(")
		})
	}
}

// awaitWarning waits for tor to say what is wrong.
func awaitWarning(t testing.TB, d *tor.Daemon) string {
	t.Helper()
	for st := range d.Status(testContext(t)) {
		if st.Progress.Warning != "" {
			return st.Progress.Warning
		}
	}
	t.Fatal("no warning")
	return ""
}

func TestScrubbedLines(t *testing.T) {
	lines := tor.ScrubBridges([]string{"obfs4 192.0.2.1:443 " + someFingerprint + " " + someCert + " iat-mode=1", "[2001:db8::1]:9001"},
		"new bridge descriptor 'somenick' (fresh): $"+someFingerprint+"~somenick [bGO] at 192.0.2.1",
		"unable to connect with 192.0.2.1:443 ID=<none> RSA_ID="+strings.ToLower(someFingerprint),
		"to [2001:db8::1]:9001 with "+someCert,
		"iat-mode=1 stays, 192.0.2.100 too",
	)
	want := []string{
		"new [bridge] (fresh): [bridge] [bGO] at [bridge]",
		"unable to connect with [bridge] ID=<none> RSA_ID=[bridge]",
		"to [bridge] with [bridge]",
		"iat-mode=1 stays, [bridge]00 too", // rather that than the other way round
	}
	if !slices.Equal(lines, want) {
		t.Errorf("%q", lines)
	}
}

func TestCheckBridge(t *testing.T) {
	if err := tor.CheckBridge("192.0.2.7:443"); err != nil {
		t.Error(err)
	}
	wantErr(t, tor.CheckBridge("nonsense"), tor.ErrBridge)
}
