package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/metrics"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/sdnotify"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
)

type serveOptions struct {
	nodeFlags
	metrics string
}

func newServe(tor *cli.TorFlags) *cobra.Command {
	o := serveOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:        "serve",
		SuggestFor: []string{"run", "daemon", "start"},
		Short:      "Be there for contacts, and for other commands and programs",
		Long: `serve is a node without a face: it publishes the profile's onion service, receives and
delivers, and lets the other commands and programs of the same user do everything else, by
JSON-RPC 2.0 on a unix socket in the profile's folder (docs/rpc.md). When the socket is
there, it prints one line on standard output:

  ready SOCKET

or with --json {"ready":SOCKET}. Tor need not be connected by then. It runs until it is
interrupted.

A service manager that waits for a notification, as systemd does for Type=notify, gets it,
with a line of status, and signs of life for its watchdog. With --metrics, Prometheus can
ask for figures, in which nobody is named.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.register(c.Flags())
	c.Flags().StringVar(&o.metrics, "metrics", "", "where to tell figures: a loopback `ADDRESS` such as 127.0.0.1:9464, or unix:PATH")
	return c
}

func (o *serveOptions) run(ctx context.Context, stdio stdio) error {
	if o.metrics != "" {
		if err := metrics.Check(o.metrics); err != nil {
			return err
		}
	}
	manager, err := sdnotify.Take()
	if err != nil {
		return err
	}
	return o.own(ctx, stdio, func(ctx context.Context, s *session) error { return o.serve(ctx, s, manager) })
}

// serve lets other programs use the node until it ends, or ctx, or Tor.
func (o *serveOptions) serve(ctx context.Context, s *session, manager *sdnotify.Manager) error {
	n := s.Node()
	if o.metrics != "" {
		figures, err := metrics.Start(ctx, o.metrics, n)
		if err != nil {
			return err
		}
		defer figures.Close()
	}
	defer o.notify(ctx, n, manager, s.log)()
	path, err := profile.SocketPath(o.profile.root, o.profile.name)
	if err != nil {
		return err
	}
	if err := s.stdio.ready(path); err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	notes := s.stdio.notes()
	defer watchService(ctx, n, notes, "contacts can reach you")()
	select {
	case <-ctx.Done():
		return nil
	case <-n.Done():
		return n.Err()
	}
}

// notify tells the service manager that the node is there, and how it is doing, until
// the function is called that it returns. What cannot be told is no reason to end.
func (o *serveOptions) notify(ctx context.Context, n *node.Node, manager *sdnotify.Manager, log *slog.Logger) func() {
	if err := manager.Ready(); err != nil {
		log.Warn("the service manager does not listen", "error", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var task sync.WaitGroup
	task.Go(func() {
		manager.Follow(ctx, func(ctx context.Context) (string, error) {
			s, err := n.Status(ctx)
			return serviceText(s), err
		})
	})
	return func() {
		_ = manager.Stopping()
		cancel()
		task.Wait()
	}
}

// ready says that something can be used from now on, at a path.
func (s stdio) ready(path string) error {
	return s.results().Show(map[string]string{"ready": path}, "ready %s", path)
}

// serviceText says in a line how a node is doing.
func serviceText(s rpc.Status) string {
	reach := "contacts cannot reach it"
	if s.Reachable {
		reach = "contacts can reach it"
	}
	return fmt.Sprintf("%s; tor: %s; contacts connected: %d; messages waiting: %d",
		reach, fullStatus{Status: s}.torText(), s.Connected, s.Waiting)
}
