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

// scripted is a fake tor that answers one command by a script, each time that
// it is asked, and the others as tor does.
func scripted(t *testing.T, command string, reply tortest.FakeReply) tor.AttachConfig {
	t.Helper()
	fake := tortest.NewFake(t)
	fake.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, command) {
			return reply
		}
		return tortest.FakeReply{}
	})
	return tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())}
}

func TestBrokenAnswersEndTheAttempt(t *testing.T) {
	for name, reply := range map[string]tortest.FakeReply{
		"dropped":            {Drop: true},
		"cut":                {Cut: 10},
		"cut in the code":    {Cut: 2},
		"junk":               {Raw: "HTTP/1.1 400 Bad Request\r\n\r\n"},
		"no code":            {Raw: "ok!\r\n"},
		"no separator":       {Raw: "250OK\r\n"},
		"two codes":          {Raw: "250-a\r\n251 b\r\n"},
		"endless line":       {Raw: strings.Repeat("x", 4<<20)},
		"endless lines":      {Raw: strings.Repeat("250-a=b\r\n", 400_000)},
		"endless data":       {Raw: "250+a=\r\n" + strings.Repeat("b\r\n", 400_000)},
		"event in an answer": {Raw: "250-a\r\n650 HS_DESC\r\n250 OK\r\n"},
	} {
		for _, command := range []string{"PROTOCOLINFO", "AUTHENTICATE", "SETEVENTS", "GETINFO status", "GETINFO net"} {
			t.Run(name+", "+command, func(t *testing.T) {
				cfg := scripted(t, command, reply)
				d, err := tor.Attach(testContext(t), cfg)
				if err == nil {
					d.Close()
				}
				wantErr(t, err, tor.ErrControl)
			})
		}
	}
}

func TestSilentAttachIsBoundedByContext(t *testing.T) {
	for _, command := range []string{"PROTOCOLINFO", "AUTHENTICATE", "SETEVENTS", "GETINFO"} {
		cfg := scripted(t, command, tortest.FakeReply{Silent: true})
		ctx := within(t, 50*time.Millisecond)
		_, err := tor.Attach(ctx, cfg)
		wantErr(t, err, ctx.Err())
	}
}

func TestConnectionLostInARequest(t *testing.T) {
	d := attach(t, scripted(t, "ADD_ONION", tortest.FakeReply{Drop: true}))
	s := publish(t, d, newKey(t))
	wantErr(t, s.Ready(testContext(t)), tor.ErrControl)
	await(t, d.Done(), time.Second, "Done")
	wantErr(t, d.Err(), tor.ErrControl)
}

func TestAnswerNobodyAskedFor(t *testing.T) {
	d := attach(t, scripted(t, "ADD_ONION", tortest.FakeReply{After: []string{"250 OK"}}))
	publish(t, d, newKey(t))
	await(t, d.Done(), 5*time.Second, "Done")
	wantErr(t, d.Err(), tor.ErrControl)
	wantText(t, d.Err(), "nobody asked for")
}

func TestHiddenDescriptorEvents(t *testing.T) {
	d := attach(t, scripted(t, "SETEVENTS STATUS_CLIENT HS_DESC", tortest.FakeReply{Lines: []string{"510 Command filtered"}}))
	s := publish(t, d, newKey(t))
	wantErr(t, s.Ready(testContext(t)), tor.ErrReadinessUnknown)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestAllEventsHidden(t *testing.T) {
	d := attach(t, scripted(t, "SETEVENTS", tortest.FakeReply{Lines: []string{"510 Command filtered"}}))
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Error(err)
	}
}

func TestHiddenBootstrap(t *testing.T) {
	d := attach(t, scripted(t, "GETINFO status", tortest.FakeReply{Lines: []string{"552 Unrecognized key"}}))
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Error(err)
	}
}

func TestHiddenListOfSOCKSPorts(t *testing.T) {
	cfg := scripted(t, "GETINFO net", tortest.FakeReply{Lines: []string{"552 Unrecognized key"}})
	_, err := tor.Attach(testContext(t), cfg)
	wantErr(t, err, tor.ErrRefused)
	wantText(t, err, "SOCKS port was not given")
	cfg.SOCKS = tor.Addr{Network: "tcp", Address: "127.0.0.1:9050"}
	if d := attach(t, cfg); d.SOCKS() != cfg.SOCKS {
		t.Errorf("SOCKS port %s", d.SOCKS())
	}
}

func TestOldAttachedTor(t *testing.T) {
	fake := tortest.NewFake(t, tortest.FakeVersion("0.4.7.16 (git-0123456789abcdef)"))
	_, err := tor.Attach(testContext(t), tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	wantErr(t, err, tor.ErrOldVersion)
	wantText(t, err, "0.4.7.16", tor.MinVersion.String())
}

func TestUntoldVersion(t *testing.T) {
	_, err := tor.Attach(testContext(t), scripted(t, "PROTOCOLINFO",
		tortest.FakeReply{Lines: []string{"250-PROTOCOLINFO 1", "250-AUTH METHODS=NULL", "250 OK"}}))
	wantText(t, err, "does not tell tor's version")
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
		"sent again": {
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOAD % UNKNOWN $A one", false},
			{"UPLOADED % UNKNOWN $A", true},
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
