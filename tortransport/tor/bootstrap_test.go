package tor_test

import (
	"context"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestBootstrap(t *testing.T) {
	t.Parallel()
	d := start(t, tor.Config{DataDir: shortDir(t), Torrc: privateNetwork(t).Torrc()})
	ctx := testContext(t)
	var seen []tor.Progress
	for p := range d.Progress(ctx) {
		seen = append(seen, p)
	}
	for i, p := range seen {
		if i > 0 && p.Percent < seen[i-1].Percent {
			t.Errorf("progress went back: %v", seen)
		}
		if p.Percent > 0 && (p.Tag == "" || p.Summary == "") {
			t.Errorf("progress %+v has no words", p)
		}
	}
	if len(seen) < 2 || !seen[len(seen)-1].Done() {
		t.Errorf("progress was %v", seen)
	}
	if err := d.WaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	if !d.Managed() || d.Version().Less(tor.MinVersion) || d.Err() != nil {
		t.Errorf("Managed %v, Version %s, Err %v", d.Managed(), d.Version(), d.Err())
	}
}

func TestWaitReadyThatNeverComes(t *testing.T) {
	d := start(t, tor.Config{Torrc: "DisableNetwork 1"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	time.AfterFunc(50*time.Millisecond, cancel)
	err := d.WaitReady(ctx) // until then it waits
	wantErr(t, err, tor.ErrNotReady, context.Canceled)
	wantText(t, err, "0%", "Starting")
	wantErr(t, d.WaitReady(within(t, time.Millisecond)), tor.ErrNotReady, context.DeadlineExceeded)
}

func TestBootstrapEvents(t *testing.T) {
	fake := tortest.NewFake(t)
	fake.SetBootstrap(10, "conn", "Connecting")
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	wantText(t, d.WaitReady(within(t, 10*time.Millisecond)), "10% Connecting")
	fake.Emit(`STATUS_CLIENT WARN BOOTSTRAP PROGRESS=10 TAG=conn SUMMARY="Connecting" WARNING="No route to host" REASON=NOROUTE`)
	var last tor.Progress
	for last = range d.Progress(testContext(t)) {
		if last.Warning != "" {
			break
		}
	}
	if last.String() != "10% Connecting (No route to host)" {
		t.Errorf("progress %q", last)
	}
	// It may come late, and it is not told twice.
	fake.SetBootstrap(5, "earlier", "Earlier")
	fake.SetBootstrap(100, "done", "Done")
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Error(err)
	}
	fake.SetBootstrap(50, "earlier", "Earlier")
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Error(err)
	}
}
