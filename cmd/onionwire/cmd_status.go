package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/rpc"
)

func newStatus() *cobra.Command {
	var f profileFlags
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how the node is doing that runs on the profile",
		Long: `status says how the node is doing that runs on the profile: whether contacts can reach it,
how far Tor is, and what waits. If none runs, the exit status is 6.

With --json, it prints the status as in docs/rpc.md, with "tor_info".`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runStatus(c.Context(), &f, stdioOf(c))
		},
	}
	f.register(c.Flags())
	return c
}

// fullStatus is all that there is to know of a node.
type fullStatus struct {
	rpc.Status
	TorInfo *rpc.TorInfo `json:"tor_info,omitempty"`
}

func runStatus(ctx context.Context, f *profileFlags, stdio stdio) (err error) {
	s, err := access.Running(ctx, f.root, f.name)
	if err != nil {
		return f.explain(err)
	}
	defer finish(&err, s)
	var all fullStatus
	if all.Status, err = s.Status(ctx); err != nil {
		return plain(err)
	}
	info, err := s.TorInfo(ctx)
	switch {
	case err == nil:
		all.TorInfo = &info
	case !errors.Is(err, rpc.ErrUnavailable):
		return plain(err)
	}
	if stdio.json {
		return stdio.results().Object(all)
	}
	return all.print(stdio.out)
}

// torText says how far Tor is. Its daemon calls itself connected when we are to it.
func (s fullStatus) torText() string {
	if s.Bootstrap < 100 {
		return fmt.Sprintf("not connected to its network yet, %d %%", s.Bootstrap)
	}
	return s.Tor
}

// print tells the status to people.
func (s fullStatus) print(w io.Writer) error {
	reach := "contacts cannot reach you"
	if s.Reachable {
		reach = "contacts can reach you"
	}
	rows := [][]string{
		{"you", reach},
		{"tor", s.torText()},
		{"onion service", fmt.Sprintf("%s, descriptors taken: %d of %d", s.Service, s.Uploaded, s.Uploads)},
		{"connected", fmt.Sprintf("contacts: %d", s.Connected)},
		{"waiting", fmt.Sprintf("messages to deliver: %d", s.Waiting)},
		{"unread", fmt.Sprintf("messages: %d", s.Unread)},
		{"running for", time.Since(s.Started.Time).Round(time.Second).String()},
	}
	if i := s.TorInfo; i != nil {
		circuits := 0
		for _, c := range i.Circuits {
			circuits += c.Count
		}
		rows = append(rows, []string{"tor version", fmt.Sprintf("%s, circuits: %d", i.Version, circuits)})
		if i.LastError != "" {
			rows = append(rows, []string{"last error", i.LastError})
		}
	}
	for _, wrong := range [][]string{{"tor error", s.TorError}, {"service error", s.ServiceError}} {
		if wrong[1] != "" {
			rows = append(rows, wrong)
		}
	}
	return output.Table(w, rows...)
}
