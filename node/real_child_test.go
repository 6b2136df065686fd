package node_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// childRoot makes the test program a process that runs a node on the profile
	// someone in that folder, and answers on its socket until its standard input ends.
	childRoot = "NODE_TEST_ROOT"
	// childControl and childSocks are where its tor is.
	childControl = "NODE_TEST_CONTROL"
	childSocks   = "NODE_TEST_SOCKS"
	// childTorrc is what its own tor is started with, if it is to have one.
	childTorrc = "NODE_TEST_TORRC"
	// childLimit is how large a file of it can become, in bytes.
	childLimit = "NODE_TEST_LIMIT"
	// serving is what it says when it answers.
	serving = "serving"
)

func child() int {
	if err := serve(context.Background(), os.Getenv(childRoot)); err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	return 0
}

func serve(ctx context.Context, root string) error {
	p, err := profile.Open(ctx, root, "someone", nil)
	if err != nil {
		return err
	}
	defer p.Close()
	cfg := node.Config{Profile: p}
	if os.Getenv("NODE_TEST_LOG") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if cfg.Tor.Torrc = os.Getenv(childTorrc); cfg.Tor.Torrc == "" {
		if cfg.Daemon, err = attachChild(ctx); err != nil {
			return err
		}
		defer cfg.Daemon.Close()
	}
	n, err := node.Open(ctx, cfg)
	if err != nil {
		return err
	}
	server, err := n.Serve(ctx, "test")
	if err != nil {
		return err
	}
	if err := limitFiles(os.Getenv(childLimit)); err != nil {
		return err
	}
	fmt.Println(serving)
	told := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(told)
	}()
	select {
	case <-told:
	case <-n.Done():
		return n.Err()
	}
	if err := server.Close(); err != nil {
		return err
	}
	if err := n.Close(); err != nil {
		return err
	}
	return p.Close()
}

func attachChild(ctx context.Context) (*tor.Daemon, error) {
	var cfg tor.AttachConfig
	var err error
	if cfg.Control, err = tor.ParseAddr(os.Getenv(childControl)); err != nil {
		return nil, err
	}
	if cfg.SOCKS, err = tor.ParseAddr(os.Getenv(childSocks)); err != nil {
		return nil, err
	}
	return tor.Attach(ctx, cfg)
}
