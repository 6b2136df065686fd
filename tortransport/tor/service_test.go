package tor_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestReadyMeansReachable dials from another tor as soon as a service says that
// it is published. The first success after several tries would prove nothing.
func TestReadyMeansReachable(t *testing.T) {
	service, dialer := pair(t)
	for range 10 {
		awaitQuietTime(t)
		ctx := testContext(t)
		key := newKey(t)
		begin := time.Now()
		s := publish(t, service, key)
		if err := s.Ready(ctx); err != nil {
			t.Fatal(err)
		}
		ready := time.Since(begin)
		c, err := dial(ctx, dialer, key.Address().String(), virtualPort)
		if err != nil {
			t.Fatalf("dial right after Ready: %v", err)
		}
		ping(t, c)
		t.Logf("ADD_ONION to Ready %s, dial and echo %s", ready.Round(time.Millisecond),
			(time.Since(begin) - ready).Round(time.Millisecond))
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// awaitQuietTime waits while a period of time ends. In a private network that
// happens every two minutes instead of every twelve hours; until the next
// consensus, up to ten seconds later, clients and services disagree about the
// period, and tor lets a few dials fail.
func awaitQuietTime(t testing.TB) {
	t.Helper()
	const half, before, after = 120 * time.Second, 8 * time.Second, 14 * time.Second
	now := time.Duration(time.Now().UnixNano()) % half
	if now > half-before {
		now -= half
	}
	if now < after && now > -before {
		t.Logf("waiting %s for the end of a time period", (after - now).Round(time.Second))
		time.Sleep(after - now)
	}
}

func TestServiceStatus(t *testing.T) {
	d, _ := pair(t)
	key := newKey(t)
	s := publish(t, d, key)
	if s.Address() != key.Address() {
		t.Errorf("address %s", s.Address().Short())
	}
	var seen []tor.ServiceStatus
	for st := range s.Status(testContext(t)) {
		seen = append(seen, st)
		if st.Phase == tor.Reachable {
			break
		}
	}
	if seen[0].Phase != tor.Starting || seen[len(seen)-1].Phase != tor.Reachable {
		t.Errorf("phases: %v", seen)
	}
	uploading := false
	for i, st := range seen {
		uploading = uploading || st.Phase == tor.Uploading
		if st.Uploaded > st.Uploads || i > 0 && st.Phase < seen[i-1].Phase {
			t.Errorf("status %+v after %+v", st, seen[max(0, i-1)])
		}
	}
	if last := seen[len(seen)-1]; !uploading || last.Uploaded < 2 || last.Err != nil {
		t.Errorf("uploading seen: %v, in the end %+v", uploading, last)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Ready(testContext(t)), tor.ErrClosed)
	for st := range s.Status(testContext(t)) {
		if st.Phase != tor.Gone || !errors.Is(st.Err, tor.ErrClosed) {
			t.Errorf("after Close: %+v", st)
		}
	}
}

func TestPublishAgainAfterClose(t *testing.T) {
	d, _ := pair(t)
	key := newKey(t)
	for range 5 {
		s := publish(t, d, key)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s := publish(t, d, key)
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := publish(t, d, key).Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
}

func TestCollision(t *testing.T) {
	c := startClient(t, tortest.ClientConfig{})
	control := tor.AttachConfig{Control: parseAddr(t, c.Control)}
	first, second := attach(t, control), attach(t, control)
	key := newKey(t)
	s := publish(t, first, key)
	cfg := tor.ServiceConfig{Key: key, Port: 1, Target: listenLoopback(t).Addr()}
	if _, err := first.Publish(cfg); !errors.Is(err, tor.ErrCollision) {
		t.Errorf("from our own list: %v", err)
	}
	awaitUploading(t, s)
	for range 2 { // whose Close must not take away what is not its own
		other, err := second.Publish(cfg)
		if err != nil {
			t.Fatal(err)
		}
		err = other.Ready(testContext(t))
		wantErr(t, err, tor.ErrCollision, tor.ErrRefused)
		if err := other.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Ready(testContext(t)); err != nil {
		t.Error(err)
	}
}

func TestPublishOnClosedDaemon(t *testing.T) {
	d := start(t, tor.Config{Torrc: isolated})
	d.Close()
	_, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: listenLoopback(t).Addr()})
	wantErr(t, err, tor.ErrClosed)
}

func TestPublishNeedsAllOfIt(t *testing.T) {
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, tortest.NewFake(t).ControlAddr())})
	target := listenLoopback(t).Addr()
	for name, cfg := range map[string]tor.ServiceConfig{
		"key":       {Port: 1, Target: target},
		"port":      {Key: newKey(t), Target: target},
		"target":    {Key: newKey(t), Port: 1},
		"good path": {Key: newKey(t), Port: 1, Target: &net.UnixAddr{Net: "unix", Name: "/tmp/a b"}},
	} {
		if _, err := d.Publish(cfg); err == nil {
			t.Errorf("a service without %s was published", name)
		}
	}
}

func TestReadyOfStuckService(t *testing.T) {
	fake := tortest.NewFake(t)
	fake.SetUploads(tortest.FakeUploads{Suppress: true})
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	s := publish(t, d, newKey(t))
	err := s.Ready(within(t, 20*time.Millisecond))
	wantErr(t, err, context.DeadlineExceeded)
	wantText(t, err, "onion service is starting")

	fake.SetUploads(tortest.FakeUploads{Failed: 3})
	s = publish(t, d, newKey(t))
	awaitUploading(t, s)
	err = s.Ready(within(t, 200*time.Millisecond))
	wantErr(t, err, context.DeadlineExceeded)
	wantText(t, err, "onion service is degraded", "UPLOAD_REJECTED")
}
