package rpc_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/node/rpc"
)

// serveEnv has the test program be a server at the path that it is, until it is
// killed.
const serveEnv = "ONIONWIRE_RPC_SERVE"

func TestMain(m *testing.M) {
	if path := os.Getenv(serveEnv); path != "" {
		if _, err := rpc.Start(context.Background(), rpc.Config{Path: path, API: newFake(), Tokens: &tokens{}}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("ready")
		select {}
	}
	goleak.VerifyTestMain(m)
}
