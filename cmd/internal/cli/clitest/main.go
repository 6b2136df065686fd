package clitest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// startTimeout bounds the start of the network, which takes eleven seconds on
// a machine that has nothing else to do.
const startTimeout = 90 * time.Second

// private is the network that the tests of a binary share.
var private struct {
	once sync.Once
	net  *tortest.Network
	err  error
}

// program is the name under which the test binary is the program.
var program string

// Main runs the tests, or the program main if the test binary was called by its
// name. It does not return.
func Main(m *testing.M, name string, main func()) {
	program = name
	testscript.Main(suite{m}, map[string]func(){name: main})
}

type suite struct{ *testing.M }

func (s suite) Run() int {
	code := s.M.Run()
	if private.net != nil {
		if err := private.net.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	return code
}

// Network returns the private network, which the first call starts.
func Network(t *testing.T) *tortest.Network {
	t.Helper()
	private.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		private.net, private.err = tortest.Start(ctx, tortest.Config{})
	})
	if private.err != nil {
		t.Fatal(private.err)
	}
	return private.net
}
