package tor_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestGuideProfile listens and dials through a filter with the guide's profile, and
// finds what the guide says about all else.
func TestGuideProfile(t *testing.T) {
	t.Parallel()
	client := startClient(t, tortest.ClientConfig{Password: "secret"})
	target, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	echo(t, target)
	_, port, err := net.SplitHostPort(target.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// The target's port is any.
	yaml := strings.ReplaceAll(guideBlocks(t, "yaml")[0], ":4001'", ":"+port+"'")
	f, control := startFilter(t, client, readProfile(t, yaml))

	_, err = tor.Attach(testContext(t), tor.AttachConfig{Control: control})
	wantErr(t, err, tor.ErrRefused)
	wantText(t, err, "SOCKS port was not given")
	f, control = startFilter(t, client, f.profile)
	d := attach(t, tor.AttachConfig{Control: control, SOCKS: parseAddr(t, client.Socks)})
	ctx := testContext(t)
	if err := d.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}

	key := newKey(t)
	s, err := d.Publish(tor.ServiceConfig{Key: key, Port: virtualPort, Target: target.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	_, dialer := pair(t)
	c, err := dial(ctx, dialer, key.Address().String(), virtualPort)
	if err != nil {
		t.Fatal(err)
	}
	ping(t, c)

	// What it does not let through.
	wantErr(t, d.SetClientKey(ctx, newKey(t).Address(), newClientKey(t)), tor.ErrRefused)
	wantErr(t, s.SetClients(ctx, []onion.ClientPublicKey{newClientKey(t).Public()}), tor.ErrRefused)
	if err := s.Ready(ctx); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.asked, "DEL_ONION") {
		t.Errorf("the filter was asked for %q only", f.asked)
	}
}

// TestEverythingFiltered: what remains without a profile is to dial.
func TestEverythingFiltered(t *testing.T) {
	t.Parallel()
	client := startClient(t, tortest.ClientConfig{Password: "secret"})
	_, control := startFilter(t, client, profile{})
	d := attach(t, tor.AttachConfig{Control: control, SOCKS: parseAddr(t, client.Socks)})
	ctx := testContext(t)
	if err := d.WaitReady(ctx); err != nil {
		t.Error(err)
	}
	wantErr(t, publish(t, d, newKey(t)).Ready(ctx), tor.ErrRefused)
	if err := client.Ready(ctx); err != nil { // since the filter does not tell
		t.Fatal(err)
	}
	service, _ := pair(t)
	key := newKey(t)
	if err := publish(t, service, key).Ready(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := dial(ctx, d, key.Address().String(), virtualPort)
	if err != nil {
		t.Fatal(err)
	}
	ping(t, c)
}
