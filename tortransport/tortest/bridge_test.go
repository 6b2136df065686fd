package tortest_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestBridge(t *testing.T) {
	obfs4, err := tortest.LookupObfs4()
	if err != nil {
		t.Fatal(err)
	}
	n := sharedNetwork(t)
	service := startClient(t, n, tortest.ClientConfig{})
	ready(t, service)
	addr := echoOnion(t, service)
	for name, tc := range map[string]struct {
		cfg   tortest.BridgeConfig
		line  string
		torrc string
	}{
		"plain": {line: `^127\.0\.0\.1:\d+ [0-9A-F]{40}$`},
		"obfs4": {
			cfg:   tortest.BridgeConfig{Transport: "obfs4"},
			line:  `^obfs4 127\.0\.0\.1:\d+ [0-9A-F]{40} cert=\S{70} iat-mode=0$`,
			torrc: "ClientTransportPlugin obfs4 exec " + obfs4 + "\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			b, err := n.StartBridge(t.Context(), tc.cfg)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("started in %s", time.Since(begin))
			if !regexp.MustCompile(tc.line).MatchString(b.Line) || !strings.Contains(b.Line, b.Fingerprint) {
				t.Errorf("line of the bridge is %q", b.Line)
			}
			client := startClient(t, n, tortest.ClientConfig{Torrc: "UseBridges 1\nBridge " + b.Line + "\n" + tc.torrc})
			defer client.Stop()
			ready(t, client)
			conn, err := dialSocks(t.Context(), client, addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := echo(conn); err != nil {
				t.Fatal(err)
			}
			conns := dialControl(t, client).ask("GETINFO orconn-status")
			if strings.Count(conns, "CONNECTED") != 1 || !strings.Contains(conns, b.Fingerprint) {
				t.Errorf("the client's connections are %q, want the bridge alone", conns)
			}
			b.Kill()
			b.Kill() // once more does nothing
			if _, err := echo(conn); err == nil {
				t.Error("the connection goes on without the bridge")
			}
		})
	}
}

func TestBridgeMistakes(t *testing.T) {
	n := sharedNetwork(t)
	_, err := n.StartBridge(t.Context(), tortest.BridgeConfig{Transport: "not a name", Path: "program"})
	if err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("StartBridge = %v, want tor's own words", err)
	}
}

func TestBridgeOfSlowNetwork(t *testing.T) {
	n := tortest.New(t, tortest.Config{Relays: 3, LinkDelay: 5 * time.Millisecond})
	b, err := n.StartBridge(t.Context(), tortest.BridgeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	client := startClient(t, n, tortest.ClientConfig{Torrc: "UseBridges 1\nBridge " + b.Line})
	ready(t, client)
	if err := n.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := n.StartBridge(t.Context(), tortest.BridgeConfig{}); !errors.Is(err, tortest.ErrStopped) {
		t.Errorf("StartBridge = %v, want ErrStopped", err)
	}
}
