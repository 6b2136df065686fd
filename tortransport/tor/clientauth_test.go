package tor_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// clientAuth lists the commands about client keys and services since the last look.
func (p *port) clientAuth() (commands []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.commands {
		switch word, _, _ := strings.Cut(c, " "); word {
		case "ONION_CLIENT_AUTH_ADD", "ONION_CLIENT_AUTH_REMOVE":
			commands = append(commands, c)
		case "ADD_ONION":
			commands = append(commands, word)
		}
	}
	p.commands = nil
	return commands
}

func addition(a onion.Address, k onion.ClientKey) string {
	return "ONION_CLIENT_AUTH_ADD " + a.ServiceID() + " " + k.ControlString()
}

func removal(a onion.Address) string { return "ONION_CLIENT_AUTH_REMOVE " + a.ServiceID() }

// wantCommands compares without printing what may be a secret.
func wantCommands(t *testing.T, when string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d commands, want %d, or others", when, len(got), len(want))
	}
}

func TestClientKeysInEverySession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		a, b := newKey(t).Address(), newKey(t).Address()
		k, l := newClientKey(t), newClientKey(t)
		for addr, key := range map[onion.Address]onion.ClientKey{a: l, b: l} {
			if err := d.SetClientKey(t.Context(), addr, key); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.SetClientKey(t.Context(), a, k); err != nil {
			t.Fatal(err)
		}
		if err := d.RemoveClientKey(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		publishNothing(t, d)
		synctest.Wait()
		p.clientAuth()
		p.drop()
		time.Sleep(time.Minute)
		wantCommands(t, "in a new session", p.clientAuth(), addition(a, k), "ADD_ONION")

		p.setScript(func(c string) string {
			if strings.HasPrefix(c, "ONION_CLIENT_AUTH") {
				return "510 Command filtered\r\n"
			}
			return ""
		})
		p.drop()
		time.Sleep(time.Minute)
		wantCommands(t, "in one that refuses it", p.clientAuth(), addition(a, k), "ADD_ONION")
		p.setScript(nil)
		p.drop()
		time.Sleep(time.Minute)
		wantCommands(t, "in one that does not", p.clientAuth(), addition(a, k), "ADD_ONION")

		d.Close()
		wantCommands(t, "at the end", p.clientAuth(), removal(a))
	})
}

// A refusal leaves what was there before.
func TestClientKeyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		a, b := newKey(t).Address(), newKey(t).Address()
		k, l := newClientKey(t), newClientKey(t)
		if err := d.SetClientKey(t.Context(), a, k); err != nil {
			t.Fatal(err)
		}
		p.setScript(func(c string) string {
			if strings.HasPrefix(c, "ONION_CLIENT_AUTH") {
				return "553 Unable to store creds for " + a.ServiceID() + " " + l.ControlString() + "\r\n"
			}
			return ""
		})
		for _, err := range []error{
			d.SetClientKey(t.Context(), a, l), d.SetClientKey(t.Context(), b, l), d.RemoveClientKey(t.Context(), a),
		} {
			wantErr(t, err, tor.ErrRefused)
			wantText(t, err, "the control port does not take it", "Unable to store")
			for _, secret := range []string{a.ServiceID(), b.ServiceID(), l.ControlString()[7:]} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error tells an address or a key: %v", err)
				}
			}
		}
		p.setScript(nil)
		p.clientAuth()
		p.drop()
		time.Sleep(time.Minute)
		wantCommands(t, "in a new session", p.clientAuth(), addition(a, k))
	})
}

// Without a connection to tor a key waits for the next.
func TestClientKeyWaitsForTor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		a, k := newKey(t).Address(), newClientKey(t)
		lost := false
		p.setScript(func(c string) string {
			if strings.HasPrefix(c, "ONION_CLIENT_AUTH_ADD") && !lost {
				lost = true
				return "\x00\r\n"
			}
			return ""
		})
		if err := d.SetClientKey(t.Context(), a, k); err != nil {
			t.Fatal(err)
		}
		wantCommands(t, "lost meanwhile", p.clientAuth(), addition(a, k), addition(a, k), addition(a, k))

		p.setAway(syscall.ECONNREFUSED)
		p.drop()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantErr(t, d.RemoveClientKey(ctx, a), context.DeadlineExceeded)
		set := make(chan error)
		go func() { set <- d.SetClientKey(context.Background(), a, k) }()
		synctest.Wait()
		p.setAway(nil)
		if err := <-set; err != nil {
			t.Error(err)
		}
		p.setAway(syscall.ECONNREFUSED)
		p.drop()
		go func() { set <- d.RemoveClientKey(context.Background(), a) }()
		synctest.Wait()
		d.Close()
		wantErr(t, <-set, tor.ErrClosed)
	})
}

// TestClientKeysOfFake shows what tor has, and what it has no more.
func TestClientKeysOfFake(t *testing.T) {
	fake := tortest.NewFake(t)
	var log bytes.Buffer
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr()), Log: debugLog(&log)})
	a, k := newKey(t).Address(), newClientKey(t)
	for range 2 { // the second is a replacement
		if err := d.SetClientKey(testContext(t), a, k); err != nil {
			t.Fatal(err)
		}
	}
	if view := strings.Join(ask(t, d, "ONION_CLIENT_AUTH_VIEW"), "\n"); !strings.Contains(view, "CLIENT "+a.ServiceID()+" "+k.ControlString()) {
		t.Error("tor does not have the key")
	}
	d.Close()
	other := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	if view := strings.Join(ask(t, other, "ONION_CLIENT_AUTH_VIEW"), "\n"); strings.Contains(view, "CLIENT ") {
		t.Errorf("an attached tor keeps the key: %s", view)
	}
	for _, secret := range []string{a.ServiceID(), k.Secret(), k.ControlString()[7:]} {
		if strings.Contains(log.String(), secret) {
			t.Error("the log has an address or a key")
		}
	}
}
