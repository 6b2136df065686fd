package tortransport_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// series reads the value of each series with the name, by its labels in the form
// "value,value" in the order of their names. Of a histogram that is how often it
// was observed.
func series(t *testing.T, reg prometheus.Gatherer, name string) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, f := range families {
		if f.GetName() != "onionwire_tor_"+name {
			continue
		}
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			// Only one of them is there; the others are zero.
			values[strings.Join(labels, ",")] = m.GetCounter().GetValue() + m.GetGauge().GetValue() +
				float64(m.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// wantSeries checks the series that are not zero.
func wantSeries(t *testing.T, reg prometheus.Gatherer, name string, want map[string]float64) {
	t.Helper()
	got := series(t, reg, name)
	maps.DeleteFunc(got, func(_ string, v float64) bool { return v == 0 })
	if !maps.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
}

// awaitSeries is wantSeries for what is counted after the fact.
func awaitSeries(t *testing.T, reg prometheus.Gatherer, name, labels string, want float64) {
	t.Helper()
	eventually(t, func() bool { return series(t, reg, name)[labels] == want }, func() {
		t.Fatalf("%s %s: got %v, want %v", name, labels, series(t, reg, name)[labels], want)
	})
}

// TestExposition compares what a transport shows that has only begun to listen with
// a file, in which people can look up what there is.
func TestExposition(t *testing.T) {
	const golden = "testdata/metrics.prom"
	_, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	k := newKey(t)
	partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg)).listen(t, k)
	problems, err := testutil.GatherAndLint(reg)
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if err := testutil.GatherAndCompare(reg, bytes.NewReader(want)); err != nil {
		t.Error(err)
	}
}

func TestDialOutcomes(t *testing.T) {
	f, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	limits := newCountingManager(t)
	p := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	want := make(map[string]float64)
	for code, outcome := range map[byte]string{
		0x01: "other", 0x04: "unreachable", 0x05: "refused", 0x06: "timeout", 0xf0: "not_found", 0xf1: "not_found",
		0xf2: "introduction", 0xf3: "rendezvous", 0xf4: "auth_missing", 0xf5: "auth_bad", 0xf7: "timeout",
	} {
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: code} })
		// Each address is a new one, about which nothing is remembered.
		p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), server.id)
		want["false,"+outcome]++
	}
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Silent: true} })
	canceled, cancel := context.WithCancel(testContext(t))
	time.AfterFunc(50*time.Millisecond, cancel)
	p.dialFails(t, canceled, onionAddr(t, newKey(t)), server.id)
	want["false,canceled"]++
	late, cancel := context.WithTimeout(testContext(t), 50*time.Millisecond)
	defer cancel()
	p.dialFails(t, late, onionAddr(t, newKey(t)), server.id)
	want["false,timeout"]++
	f.OnSocks(nil)

	p.dialFails(t, testContext(t), addr, randomPeer(t))
	want["false,wrong_peer"]++
	p.dialFails(t, testContext(t), wrongChecksum(t), server.id) // is no dial: nobody can be asked
	p.mustDial(t, addr, server.id).Close()
	want["false,success"]++
	wantSeries(t, reg, "dials_total", want)
}

// TestDialNotReady has a Tor that is on its way to its network.
func TestDialNotReady(t *testing.T) {
	f := tortest.NewFake(t)
	f.SetBootstrap(45, "requesting_descriptors", "Asking for relay descriptors")
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, f.ControlAddr())})
	reg := prometheus.NewPedanticRegistry()
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	ctx, cancel := context.WithTimeout(testContext(t), 50*time.Millisecond)
	defer cancel()
	p.dialFails(t, ctx, onionAddr(t, newKey(t)), p.id)
	wantSeries(t, reg, "dials_total", map[string]float64{"false,not_ready": 1})
	if got := series(t, reg, "dial_phase_duration_seconds")["failed,tor_ready"]; got != 1 {
		t.Errorf("%v dials have failed while Tor was not ready, want 1", got)
	}
	wantSeries(t, reg, "bootstrap_ratio", map[string]float64{"": 0.45})
	f.SetBootstrap(100, "done", "Done")
	awaitSeries(t, reg, "bootstrap_ratio", "", 1)
}

// TestDialsUnderWay has dials that Tor does not answer, more than there are places.
func TestDialsUnderWay(t *testing.T) {
	f, d := fakeTor(t)
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Silent: true} })
	reg := prometheus.NewPedanticRegistry()
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	ctx, cancel := context.WithCancel(testContext(t))
	const dials = 100
	var tasks sync.WaitGroup
	for range dials {
		to := onionAddr(t, newKey(t))
		tasks.Go(func() { p.dialFails(t, ctx, to, randomPeer(t)) })
	}
	under := func() (active, waiting float64) {
		return series(t, reg, "dials_active")[""], series(t, reg, "dials_waiting")[""]
	}
	eventually(t, func() bool { active, waiting := under(); return active+waiting == dials }, func() {
		t.Error("not all dials show")
	})
	if active, waiting := under(); active == 0 || waiting == 0 {
		t.Errorf("%g dials are active and %g wait, want some of both", active, waiting)
	}
	cancel()
	tasks.Wait()
	if active, waiting := under(); active != 0 || waiting != 0 {
		t.Errorf("%g dials are active and %g wait after all have ended", active, waiting)
	}
	wantSeries(t, reg, "dials_total", map[string]float64{"false,canceled": dials})
	if got := series(t, reg, "dial_phase_duration_seconds"); got["failed,queue"]+got["failed,circuit"] != dials {
		t.Errorf("phases in which dials have failed: %v", got)
	}
}

// TestDialsAnsweredFromMemory dials an address again that is not there.
func TestDialsAnsweredFromMemory(t *testing.T) {
	_, d := fakeTor(t) // has no service
	reg := prometheus.NewPedanticRegistry()
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	addr := onionAddr(t, newKey(t))
	for range 3 {
		p.dialFails(t, testContext(t), addr, p.id)
	}
	wantSeries(t, reg, "dials_total", map[string]float64{"false,not_found": 1, "true,not_found": 2})
	wantSeries(t, reg, "recent_failures", map[string]float64{"": 1})
}

func TestDialPhases(t *testing.T) {
	f, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	p.mustDial(t, addr, server.id).Close()
	got := series(t, reg, "dial_phase_duration_seconds")
	for _, phase := range []string{"tor_ready", "circuit", "negotiation"} {
		if got["success,"+phase] != 1 || got["failed,"+phase] != 0 {
			t.Errorf("phase %s: %v, want one that has succeeded", phase, got)
		}
	}
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: 0xf2} })
	p.dialFails(t, testContext(t), addr, server.id)
	if got := series(t, reg, "dial_phase_duration_seconds"); got["failed,circuit"] != 1 || got["success,circuit"] != 1 {
		t.Errorf("%v, want a circuit that has failed besides", got)
	}
}

func TestInboundOutcomes(t *testing.T) {
	const patience = 300 * time.Millisecond
	_, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	k := newKey(t)
	server := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k),
		tortransport.WithMetrics(reg), tortransport.WithAcceptTimeout(patience))
	addr := server.serve(t, k)
	newParty(t, d).mustDial(t, addr, server.id).Close()
	awaitSeries(t, reg, "inbound_connections_total", "accepted", 1)
	dialRaw(t, d.SOCKS(), addr)
	awaitSeries(t, reg, "inbound_connections_total", "timeout", 1)
	dialRaw(t, d.SOCKS(), addr).Close()
	awaitSeries(t, reg, "inbound_connections_total", "other", 1)
}

// TestInboundCrowd fills the places of those who negotiate, and then some.
func TestInboundCrowd(t *testing.T) {
	_, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	k := newKey(t)
	server := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg))
	l := server.listen(t, k)
	for range 40 {
		dialRaw(t, d.SOCKS(), l.Multiaddr())
	}
	awaitSeries(t, reg, "inbound_connections_total", "crowded", 8)
	l.Close()
	awaitSeries(t, reg, "inbound_connections_total", "listener_closed", 32)
}

// TestSharedRegistry has two transports at one daemon and one at another.
func TestSharedRegistry(t *testing.T) {
	f, d := fakeTor(t)
	_, other := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	var parties []party
	for _, at := range []*tor.Daemon{d, d, other} {
		k := newKey(t)
		p := partyConfig{}.new(t, tortransport.WithDaemon(at), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg))
		p.serve(t, k)
		parties = append(parties, p)
	}
	wantSeries(t, reg, "services", map[string]float64{"reachable": 3})
	wantSeries(t, reg, "daemons", map[string]float64{"connected": 2})
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: 0xf0} })
	for _, p := range parties[:2] {
		p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p.id)
	}
	wantSeries(t, reg, "dials_total", map[string]float64{"false,not_found": 2})

	if err := f.Restart(); err != nil {
		t.Fatal(err)
	}
	awaitSeries(t, reg, "daemon_reconnects_total", "", 1)
	awaitSeries(t, reg, "services", "reachable", 3)
	parties[0].dialFails(t, testContext(t), onionAddr(t, newKey(t)), parties[0].id)
	for i, want := range []map[string]float64{{"connected": 2}, {"connected": 1}, {}} {
		for range 2 {
			if err := parties[i].Close(); err != nil {
				t.Error(err)
			}
		}
		wantSeries(t, reg, "daemons", want)
	}
	wantSeries(t, reg, "services", map[string]float64{})
	wantSeries(t, reg, "bootstrap_ratio", map[string]float64{})
	// What was counted stays, and a transport that was closed does not come back.
	parties[0].dialFails(t, testContext(t), onionAddr(t, newKey(t)), parties[0].id)
	wantSeries(t, reg, "daemons", map[string]float64{})
	wantSeries(t, reg, "dials_total", map[string]float64{"false,not_found": 4})
	wantSeries(t, reg, "daemon_reconnects_total", map[string]float64{"": 1})
}

// TestNetworkIsLost has circuits that fail before their first hop, over more than the
// seconds after which that means something.
func TestNetworkIsLost(t *testing.T) {
	t.Parallel()
	f, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	k := newKey(t)
	partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg)).listen(t, k)
	eventually(t, func() bool {
		f.Emit("CIRC 7 FAILED PURPOSE=GENERAL REASON=TIMEOUT")
		return series(t, reg, "daemons")["no_network"] == 1
	}, func() { t.Fatal("the loss of the network does not show") })
	wantSeries(t, reg, "daemons", map[string]float64{"no_network": 1})
	f.Emit("CIRC 8 BUILT PURPOSE=GENERAL")
	awaitSeries(t, reg, "daemons", "connected", 1)
}

// TestMetricsOfHosts makes hosts as programs do. With AutoNAT libp2p builds each
// transport more than once, and those that it does not use do not show.
func TestMetricsOfHosts(t *testing.T) {
	_, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
	wantSeries(t, reg, "daemons", map[string]float64{})
	for range 2 {
		k := newKey(t)
		h, err := libp2p.New(
			libp2p.NoTransports,
			libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg)),
			libp2p.ListenAddrs(onionAddr(t, k)),
			libp2p.DisableRelay(),
			libp2p.EnableNATService(),
			libp2p.EnableAutoNATv2(),
		)
		if err != nil {
			t.Fatal(err)
		}
		awaitReady(t, h.Network())
		wantSeries(t, reg, "daemons", map[string]float64{"connected": 1})
		wantSeries(t, reg, "services", map[string]float64{"reachable": 1})
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		wantSeries(t, reg, "daemons", map[string]float64{})
		wantSeries(t, reg, "services", map[string]float64{})
	}
}

// TestWrappedRegisterer tells two transports apart by a label of the caller's.
func TestWrappedRegisterer(t *testing.T) {
	f, d := fakeTor(t)
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: 0xf0} })
	reg := prometheus.NewPedanticRegistry()
	for _, name := range []string{"a", "b", "b"} {
		p := partyConfig{}.new(t, tortransport.WithDaemon(d),
			tortransport.WithMetrics(prometheus.WrapRegistererWith(prometheus.Labels{"profile": name}, reg)))
		p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p.id)
	}
	wantSeries(t, reg, "dials_total", map[string]float64{"false,not_found,a": 1, "false,not_found,b": 2})
}

func TestMetricsAreRefused(t *testing.T) {
	_, d := fakeTor(t)
	taken := prometheus.NewRegistry()
	taken.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "onionwire_tor_dials_total", Help: "Somebody else's."}))
	for name, reg := range map[string]prometheus.Registerer{"no registerer": nil, "a name that is taken": taken} {
		_, err := tortransport.New(nil, nil, tortransport.WithDaemon(d), tortransport.WithMetrics(reg))
		if err == nil || !strings.Contains(err.Error(), "WithMetrics") {
			t.Errorf("%s: got %v, want an error that names the option", name, err)
		}
	}
}

// TestMetricsNameNobody lets many addresses and peers pass, and then looks for
// more in the labels than their few fixed words.
func TestMetricsNameNobody(t *testing.T) {
	f, d := fakeTor(t)
	reg := prometheus.NewPedanticRegistry()
	k := newKey(t)
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithMetrics(reg))
	addr := p.serve(t, k)
	p.mustDial(t, addr, p.id).Close()
	var tasks sync.WaitGroup
	f.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply {
		return tortest.FakeSocksReply{Code: 0xf0 + r.Host[0]%8}
	})
	for range 50 {
		to := onionAddr(t, newKey(t))
		tasks.Go(func() { p.dialFails(t, testContext(t), to, randomPeer(t)) })
	}
	tasks.Wait()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, family := range families {
		words = append(words, family.String())
	}
	text := fmt.Sprint(words)
	if wholeAddress.MatchString(text) || strings.Contains(text, k.Address().ServiceID()[:8]) {
		t.Error("the metrics tell an address or a peer")
	}
}
