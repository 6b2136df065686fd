package tor_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// testTimeout bounds what a test waits for; each wait is usually seconds.
	testTimeout = time.Minute
	// isolated is for tests that need a tor, but no network: it belongs to a
	// private one of which nothing runs. (With "DisableNetwork 1" tor would not
	// even open its SOCKS port.)
	isolated = `TestingTorNetwork 1
DirAuthority nobody orport=1 no-v2 v3ident=1111111111111111111111111111111111111111 127.0.0.1:1 2222222222222222222222222222222222222222
`
)

// shared is what the tests of this package use together: a private network, and
// two daemons in it, one for services and one for dialling.
var shared struct {
	network, pair   sync.Once
	net             *tortest.Network
	service, dialer *tor.Daemon
	netErr, pairErr error
}

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerEnv); dir != "" {
		ownDaemon(dir)
	}
	waitTogether()
	code := m.Run()
	if err := errors.Join(stopShared(), goleak.Find()); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// waitTogether lets more tests run at a time than there are processors, unless the
// command line says how many: those that do mostly wait for a tor.
func waitTogether() {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if given {
		return
	}
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
}

func stopShared() error {
	for _, d := range []*tor.Daemon{shared.service, shared.dialer} {
		if d != nil {
			d.Close()
		}
	}
	if shared.net == nil {
		return nil
	}
	return shared.net.Stop()
}

func privateNetwork(t testing.TB) *tortest.Network {
	t.Helper()
	shared.network.Do(func() {
		shared.net, shared.netErr = tortest.Start(context.Background(), tortest.Config{})
	})
	if shared.netErr != nil {
		t.Fatal(shared.netErr)
	}
	return shared.net
}

// pair returns the two shared daemons, connected to the private network.
func pair(t testing.TB) (service, dialer *tor.Daemon) {
	t.Helper()
	n := privateNetwork(t)
	ctx := testContext(t)
	shared.pair.Do(func() {
		for _, d := range []**tor.Daemon{&shared.service, &shared.dialer} {
			if *d, shared.pairErr = tor.Start(ctx, tor.Config{Torrc: n.Torrc()}); shared.pairErr != nil {
				return
			}
		}
		shared.pairErr = errors.Join(shared.service.WaitReady(ctx), shared.dialer.WaitReady(ctx))
	})
	if shared.pairErr != nil {
		t.Fatal(shared.pairErr)
	}
	return shared.service, shared.dialer
}

const (
	// ownerEnv names the data folder of the daemon that the test binary shall
	// start, as a program of its own that a test can kill.
	ownerEnv = "ONIONWIRE_TOR_OWNER_DIR"
	// ownerTemp stands there for a temporary folder.
	ownerTemp = "temporary"
)

// ownDaemon tells the process id of its tor, then whenever that is lost or back.
func ownDaemon(dir string) {
	if dir == ownerTemp {
		dir = ""
	}
	cfg := tor.Config{DataDir: dir, Torrc: isolated}.WithHeartbeat(time.Millisecond)
	d, err := tor.Start(context.Background(), cfg)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if _, err := d.ListenTarget(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(d.Child())
	state := tor.Connected
	for st := range d.Status(context.Background()) {
		if st.State != state {
			state = st.State
			fmt.Println(state)
		}
	}
	select {} // until the test kills it
}
