package tortest_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// shared is the network of all tests that leave it as it is.
var shared struct {
	once    sync.Once
	network *tortest.Network
	err     error
}

func sharedNetwork(t *testing.T) *tortest.Network {
	t.Helper()
	shared.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		begin := time.Now()
		shared.network, shared.err = tortest.Start(ctx, tortest.Config{})
		t.Logf("network started in %s", time.Since(begin))
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.network
}

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(ownerEnv); ok {
		ownNetwork(dir)
	}
	code := m.Run()
	if shared.network != nil {
		if err := shared.network.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// ownerEnv names the folder of the network that the test binary shall start,
// as a process of its own that a test can kill.
const ownerEnv = "TORTEST_OWNER_DIR"

func ownNetwork(dir string) {
	_, err := tortest.Start(context.Background(), tortest.Config{
		Dir:      dir,
		Progress: func(s string) { fmt.Println(s) },
	})
	fmt.Println(err) // the test kills it before that
	os.Exit(1)
}
