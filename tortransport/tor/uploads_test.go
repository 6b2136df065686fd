package tor_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestManyServicesUnderEvents(t *testing.T) {
	fake := tortest.NewFake(t)
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	stranger := newKey(t).Address().ServiceID()
	stop := make(chan struct{})
	var flood, work sync.WaitGroup
	flood.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				fake.Emit("STATUS_CLIENT NOTICE CONSENSUS_ARRIVED", "HS_DESC UPLOADED "+stranger+" UNKNOWN $A~b")
				time.Sleep(100 * time.Microsecond)
			}
		}
	})
	target := listenLoopback(t).Addr()
	for range 100 {
		work.Go(func() {
			s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: target})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Ready(testContext(t)); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	close(stop)
	flood.Wait()
	if left := fake.Services(); len(left) != 0 {
		t.Errorf("%d services are left", len(left))
	}
}

// TestUploads plays the uploads of a service one by one and looks after each
// whether the service says that it can be reached.
func TestUploads(t *testing.T) {
	for name, steps := range map[string][]struct {
		event     string // without "HS_DESC" and the address
		reachable bool
	}{
		"one directory each": {
			{"CREATED % UNKNOWN UNKNOWN one", false},
			{"CREATED % UNKNOWN UNKNOWN two", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $B one", false},
			{"UPLOADED % UNKNOWN $A", false}, // the second is not even under way
			{"UPLOAD % UNKNOWN $C two", false},
			{"UPLOADED % UNKNOWN $B", false},
			{"UPLOADED % UNKNOWN $C", true},
		},
		"a directory with both": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $A two", false},
			{"UPLOADED % UNKNOWN $A", false}, // which of them?
			{"UPLOADED % UNKNOWN $A", true},
		},
		"failures": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $B one", false},
			{"FAILED % UNKNOWN $A REASON=UPLOAD_REJECTED", false},
			{"UPLOADED % UNKNOWN $B", true},
			{"FAILED % UNKNOWN $B REASON=UPLOAD_REJECTED", true},
		},
		"a new period before anything was sent": {
			{"CREATED % UNKNOWN UNKNOWN old", false},
			{"CREATED % UNKNOWN UNKNOWN one", false},
			{"CREATED % UNKNOWN UNKNOWN two", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOADED % UNKNOWN $A", false},
			{"UPLOAD % UNKNOWN $A two", false},
			{"UPLOADED % UNKNOWN $A", true},
		},
		"a new period in between": {
			{"CREATED % UNKNOWN UNKNOWN old", false},
			{"CREATED % UNKNOWN UNKNOWN one", false},
			{"UPLOAD % UNKNOWN $A old", false},
			{"UPLOADED % UNKNOWN $A", false},
			{"CREATED % UNKNOWN UNKNOWN two", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $A two", false},
			{"UPLOADED % UNKNOWN $A", false},
			{"UPLOADED % UNKNOWN $A", true},
		},
		"sent again": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOADED % UNKNOWN $A", true},
		},
		"sent again after a failure": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"FAILED % UNKNOWN $A REASON=UPLOAD_REJECTED", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOADED % UNKNOWN $A", true},
		},
		"late answers to the tor before, or about the service before": {
			{"UPLOADED % UNKNOWN $A", false},
			{"FAILED % UNKNOWN $B REASON=UPLOAD_REJECTED", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $B one", false},
			{"UPLOADED % UNKNOWN $C", false},
			{"UPLOAD % UNKNOWN $C two", false},
			{"UPLOADED % UNKNOWN $A", false},
			{"UPLOADED % UNKNOWN $C", true},
		},
		"a client of the same tor": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"REQUESTED % NO_AUTH $A one", false},
			{"FAILED % NO_AUTH $A one REASON=NOT_FOUND", false},
			{"RECEIVED % NO_AUTH $A one", false},
			{"UPLOADED % UNKNOWN $A", true},
		},
		"malformed": {
			{"UPLOAD %", false},
			{"UPLOADED", false},
			{`UPLOADED "%`, false},
			{"UPLOAD % UNKNOWN $A one", false},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := tortest.NewFake(t)
			fake.SetUploads(tortest.FakeUploads{Suppress: true})
			d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
			s := publish(t, d, newKey(t))
			awaitTaken(t, fake)
			for i, step := range steps {
				// The progress that follows shows that the event was read.
				percent := fmt.Sprintf("STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=t SUMMARY=%d", i)
				fake.Emit("HS_DESC "+strings.ReplaceAll(step.event, "%", s.Address().ServiceID()), percent)
				awaitSummary(t, d, fmt.Sprint(i))
				for st := range s.Status(testContext(t)) {
					if reachable := st.Phase == tor.Reachable; reachable != step.reachable {
						t.Fatalf("after %q: %+v", step.event, st)
					}
					break
				}
			}
		})
	}
}

// TestUploadsThatFailLater: a service that was reachable once stays so, but for
// rounds of uploads that are all in vain.
func TestUploadsThatFailLater(t *testing.T) {
	fake := tortest.NewFake(t)
	fake.SetUploads(tortest.FakeUploads{Suppress: true})
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	s := publish(t, d, newKey(t))
	awaitTaken(t, fake)
	for i, step := range []struct {
		event  string // without "HS_DESC" and the address
		failed bool
	}{
		{"UPLOAD % UNKNOWN $A one", false},
		{"UPLOADED % UNKNOWN $A", false},
		// One of two is enough.
		{"UPLOAD % UNKNOWN $A one", false},
		{"UPLOAD % UNKNOWN $B one", false},
		{"FAILED % UNKNOWN $A REASON=UPLOAD_REJECTED", false},
		{"UPLOADED % UNKNOWN $B", false},
		{"CREATED % UNKNOWN UNKNOWN two", false},
		{"UPLOAD % UNKNOWN $A two", false},
		{"UPLOAD % UNKNOWN $B two", false},
		{"FAILED % UNKNOWN $A REASON=UPLOAD_REJECTED", false},
		{"FAILED % UNKNOWN $B REASON=UPLOAD_REJECTED", true},
		// Still so while the next round is under way.
		{"UPLOAD % UNKNOWN $A two", true},
		{"UPLOADED % UNKNOWN $A", false},
	} {
		fake.Emit("HS_DESC "+strings.ReplaceAll(step.event, "%", s.Address().ServiceID()),
			fmt.Sprintf("STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=t SUMMARY=%d", i))
		awaitSummary(t, d, fmt.Sprint(i))
		if i == 0 {
			continue
		}
		for st := range s.Status(testContext(t)) {
			want := tor.Reachable
			if step.failed {
				want = tor.Degraded
			}
			if st.Phase != want || step.failed != (st.Err != nil) {
				t.Fatalf("after %q (%d): %+v", step.event, i, st)
			}
			break
		}
		if err := s.Ready(within(t, 0)); step.failed != (err != nil) {
			t.Errorf("Ready after %q (%d): %v", step.event, i, err)
		}
	}
}

// awaitTaken waits until a fake tor has a service: what it is told of one before that
// is not about it.
func awaitTaken(t *testing.T, fake *tortest.Fake) {
	t.Helper()
	for ctx := testContext(t); len(fake.Services()) == 0; time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("tor was not asked for the service")
		}
	}
}

func awaitSummary(t *testing.T, d *tor.Daemon, summary string) {
	t.Helper()
	for end := time.Now().Add(testTimeout); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for p := range d.Progress(testContext(t)) {
			if p.Summary == summary {
				return
			}
			break
		}
	}
	t.Fatalf("no progress %q", summary)
}
