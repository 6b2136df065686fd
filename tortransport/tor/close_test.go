package tor_test

import (
	"errors"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestCloseWhileBeingAdded(t *testing.T) {
	fake := tortest.NewFake(t)
	asked := make(chan struct{}, 1)
	fake.OnCommand(func(cmd string) (r tortest.FakeReply) {
		if len(cmd) > 9 && cmd[:9] == "ADD_ONION" {
			asked <- struct{}{}
			r.Delay = 100 * time.Millisecond
		}
		return r
	})
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	key := newKey(t)
	for range 3 {
		s := publish(t, d, key)
		<-asked
		if _, err := d.Publish(tor.ServiceConfig{Key: key, Port: 1, Target: listenLoopback(t).Addr()}); !errors.Is(err, tor.ErrCollision) {
			t.Errorf("Publish while the address is taken: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left := fake.Services(); len(left) != 0 {
			t.Fatalf("%d services are left", len(left))
		}
	}
}

func TestServiceCloseThatIsRefused(t *testing.T) {
	fake := tortest.NewFake(t)
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	s := publish(t, d, newKey(t))
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	fake.OnCommand(func(string) tortest.FakeReply { return tortest.FakeReply{Lines: []string{"510 Command filtered"}} })
	for range 2 {
		wantErr(t, s.Close(), tor.ErrRefused) // the service is still there
	}
}

func TestClosingEverythingAtOnce(t *testing.T) {
	for _, managed := range []bool{true, false} {
		var d *tor.Daemon
		if managed {
			d = start(t, tor.Config{Torrc: isolated})
		} else {
			d = attach(t, tor.AttachConfig{Control: parseAddr(t, tortest.NewFake(t).ControlAddr())})
		}
		ctx := testContext(t)
		target := listenLoopback(t).Addr()
		var services []*tor.Service
		done := make(chan struct{})
		calls := 0
		run := func(f func()) {
			calls++
			go func() {
				f()
				done <- struct{}{}
			}()
		}
		for range 10 {
			s := publish(t, d, newKey(t))
			services = append(services, s)
			run(func() { _ = s.Ready(ctx) })
			run(func() {
				for range s.Status(ctx) {
				}
			})
		}
		run(func() {
			for range d.Progress(ctx) {
			}
		})
		run(func() { _ = d.WaitReady(ctx) })
		run(func() {
			for d.Err() == nil {
				s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: target})
				if err == nil {
					_ = s.Close()
				}
			}
		})
		for _, s := range services {
			run(func() { _ = s.Close() })
			run(func() { _ = s.Close() })
		}
		for range 3 {
			run(func() { d.Close() })
		}
		for range calls {
			<-done
		}
		wantErr(t, d.Err(), tor.ErrClosed)
		await(t, d.Done(), "Done")
		for _, s := range services {
			wantErr(t, s.Ready(ctx), tor.ErrClosed)
		}
	}
}
