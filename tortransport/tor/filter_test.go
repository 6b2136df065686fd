package tor_test

import (
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

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
