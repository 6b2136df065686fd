package tor_test

import (
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestStreamLimit has a tor that refuses what is more, or punishes it.
func TestStreamLimit(t *testing.T) {
	service, dialer := pair(t)
	for name, punish := range map[string]bool{"refused": false, "punished": true} {
		t.Run(name, func(t *testing.T) {
			awaitQuietTime(t)
			key := newKey(t)
			l, err := service.ListenTarget()
			if err != nil {
				t.Fatal(err)
			}
			echo(t, l)
			s, err := service.Publish(tor.ServiceConfig{
				Key: key, Port: virtualPort, Target: l.Addr(),
				MaxStreams: 2, CloseCircuit: punish, PoW: &tor.PoWConfig{}, Required: []tor.Feature{tor.StreamLimit},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if err := s.Ready(testContext(t)); err != nil {
				t.Fatal(err)
			}
			// One isolation, so that they share a circuit.
			var conns []net.Conn
			for range 2 {
				c, err := dial(testContext(t), dialer, key.Address().String(), virtualPort)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { c.Close() })
				echoOnce(t, c)
				conns = append(conns, c)
			}
			third, err := dial(within(t, testTimeout), dialer, key.Address().String(), virtualPort)
			if err == nil {
				t.Cleanup(func() { third.Close() })
				if err := third.SetDeadline(time.Now().Add(testTimeout)); err != nil {
					t.Fatal(err)
				}
				_, err = io.ReadFull(third, make([]byte, 1))
			}
			t.Logf("the third connection: %v", err)
			if err == nil {
				t.Error("a third connection works")
			}
			for _, c := range conns {
				if punish {
					wantCut(t, c, "a connection over the same circuit")
				} else {
					echoOnce(t, c)
				}
			}
		})
	}
}

// TestProofOfWork publishes with the defence on a tor that has it, or hears that it
// does not; either way the service is reachable.
func TestProofOfWork(t *testing.T) {
	service, dialer := pair(t)
	awaitQuietTime(t)
	key := newKey(t)
	l, err := service.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	s, err := service.Publish(tor.ServiceConfig{
		Key: key, Port: virtualPort, Target: l.Addr(),
		PoW: &tor.PoWConfig{QueueRate: 20, QueueBurst: 40},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	var st tor.ServiceStatus
	for st = range s.Status(testContext(t)) {
		break
	}
	if old := service.Version().Less(tor.Version{0, 4, 9, 0}); old != slices.Contains(st.Missing, tor.ProofOfWork) {
		t.Errorf("tor %s lacks %q", service.Version(), st.Missing)
	}
	c, err := dial(testContext(t), dialer, key.Address().String(), virtualPort)
	if err != nil {
		t.Fatal(err)
	}
	ping(t, c)
}

// TestTorBuiltWithoutProofOfWork takes all that it is asked for. Its program tells.
func TestTorBuiltWithoutProofOfWork(t *testing.T) {
	binary, err := tor.LookupBinary(testContext(t), "")
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, tor.Config{
		Binary: script(t, `if [ "$1" = --list-modules ]; then echo "relay: yes"; echo "pow: no"; else exec `+binary.Path+` "$@"; fi`),
		Torrc:  isolated,
	})
	cfg := everything(t)
	s, err := d.Publish(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for st := range s.Status(testContext(t)) {
		if slices.Equal(st.Missing, []tor.Feature{tor.ProofOfWork}) {
			break
		}
		if st.Phase == tor.Gone {
			t.Fatalf("%+v", st)
		}
	}
	cfg = everything(t)
	cfg.Required = []tor.Feature{tor.ProofOfWork}
	if s, err = d.Publish(cfg); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Ready(testContext(t)), tor.ErrUnsupported)
}
