package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	history       = 1_000_000
	historyBatch  = 5000
	keptEvents    = 100_000 // as a node keeps
	openLimit     = 0.5     // seconds
	searchLimit   = 0.1
	historyMemory = 120 // MiB
	idleContacts  = 100
	idleTime      = 2 * time.Minute
	idleLimit     = 0.5 // percent of a core
	idleMemory    = 80
)

// found is what a child says of itself.
type found struct {
	Open, Search, Common float64 // seconds
	Sends, Crowd, Rows   float64 // a second
	CPU                  float64 // percent of a core
	Memory               float64 // MiB resident, at most
}

// child runs this program once more to measure something in a process of its own.
func child(ctx context.Context, what string, args ...string) (f found, err error) {
	self, err := os.Executable()
	if err != nil {
		return f, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"-child", what}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(out, &f)
}

// beChild is the other side of child.
func beChild(ctx context.Context, what string, args []string) error {
	var f found
	var err error
	switch what {
	case "history":
		f, err = openHistory(ctx, args[0])
	case "idle":
		f, err = idle(ctx, args[0])
	case "sends":
		f, err = send(ctx, args[0])
	default:
		err = errors.New("no such child")
	}
	if err != nil {
		return err
	}
	if f.Memory, err = peak(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

// peak returns the most memory that the process has had, in MiB.
func peak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(status), "VmHWM:")
	if !ok {
		return 0, errors.New("the system does not tell how much memory there was")
	}
	kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kib / 1024, err
}

// measureHistory measures a profile with a million messages: opening it, and searching.
func measureHistory(ctx context.Context, _ *bed) ([]report.Figure, error) {
	root, err := os.MkdirTemp("", "figures-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	progress("writing %d messages", history)
	if err := writeHistory(ctx, root); err != nil {
		return nil, err
	}
	f, err := child(ctx, "history", root)
	if err != nil {
		return nil, err
	}
	seconds := func(measure string, v, limit float64) report.Figure {
		return report.Figure{Measure: measure, Ours: fmt.Sprintf("%.3f s", v), Value: v, Limit: limit, Unit: " s"}
	}
	return []report.Figure{
		seconds("open a profile with 1,000,000 messages", f.Open, openLimit),
		seconds("search a word of a few of them", f.Search, searchLimit),
		seconds("search a word of all of them", f.Common, searchLimit),
		{
			Measure: "resident memory of that process at most", Ours: fmt.Sprintf("%.0f MiB", f.Memory),
			Value: f.Memory, Limit: historyMemory, Unit: " MiB",
		},
	}, nil
}

// writeHistory makes a profile in which one contact has written a lot.
func writeHistory(ctx context.Context, root string) error {
	p, err := profile.Create(ctx, root, "someone", vault.WithoutPassphrase())
	if err != nil {
		return err
	}
	defer p.Close()
	now := time.Now()
	err = meet(ctx, p, now)
	for n := 0; n < history && err == nil; n += historyBatch {
		err = p.Store().Update(ctx, func(tx *store.Update) error {
			for i := n; i < n+historyBatch; i++ {
				if err := tx.Apply(written(i, now)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return err
	}
	return p.Store().Update(ctx, func(tx *store.Update) error { return tx.DropEvents(keptEvents) })
}

// meet gives a profile a contact, and the conversation with it.
func meet(ctx context.Context, p *profile.Profile, now time.Time) error {
	return p.Store().Update(ctx, func(tx *store.Update) error {
		return tx.Apply(
			ledger.PutContact{Contact: ledger.Contact{ID: 1, Peer: []byte("somebody else"), State: ledger.Accepted, Added: now}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: 1, Kind: ledger.Direct, Added: now, Members: []ledger.ContactID{1},
			}})
	})
}

// written is one of the messages: common is in all of them, rare in every thousandth.
func written(i int, now time.Time) ledger.AddMessage {
	text := fmt.Sprintf("common words number %d that somebody has written, about w%d and x%d", i, i%5000, i%777)
	if i%1000 == 0 {
		text += " rare"
	}
	m := ledger.Message{
		Number: ledger.MessageNumber(i + 1), Conversation: 1, Sender: 1, Body: text, Written: now, Stored: now,
	}
	copy(m.ID[:], strconv.Itoa(i))
	return ledger.AddMessage{Message: m, Event: ledger.Event{
		Cursor: ledger.Cursor(i + 1), Happened: now, Kind: ledger.MessageReceived, Contact: 1, Conversation: 1, Message: m.Number,
	}}
}

func openHistory(ctx context.Context, root string) (f found, err error) {
	d, err := tor.Start(ctx, tor.Config{DataDir: filepath.Join(root, "tor"), Torrc: "DisableNetwork 1\n"})
	if err != nil {
		return f, err
	}
	defer d.Close()
	began := time.Now()
	p, err := profile.Open(ctx, root, "someone", nil)
	if err != nil {
		return f, err
	}
	defer p.Close()
	n, err := node.Open(ctx, node.Config{Profile: p, Daemon: d})
	if err != nil {
		return f, err
	}
	defer n.Close()
	if _, err := n.Conversations(ctx, 0, 100); err != nil {
		return f, err
	}
	if _, err := n.Messages(ctx, 1, 0, 50); err != nil {
		return f, err
	}
	f.Open = time.Since(began).Seconds()
	for word, to := range map[string]*float64{"rare": &f.Search, "common": &f.Common} {
		began := time.Now()
		all, err := n.Search(ctx, word, 0, 0, 50)
		if err != nil {
			return f, err
		}
		if len(all) != 50 {
			return f, fmt.Errorf("%d messages were found", len(all))
		}
		*to = time.Since(began).Seconds()
	}
	return f, nil
}

// measureIdle measures a node with contacts to whom there is nothing to say.
func measureIdle(ctx context.Context, _ *bed) ([]report.Figure, error) {
	root, err := os.MkdirTemp("", "figures-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	f, err := child(ctx, "idle", root)
	if err != nil {
		return nil, err
	}
	return []report.Figure{
		{
			Measure: "idle node with 100 contacts, processor", Ours: fmt.Sprintf("%.2f %% of a core", f.CPU),
			Value: f.CPU, Limit: idleLimit, Unit: " %",
		},
		{
			Measure: "idle node with 100 contacts, resident memory at most", Ours: fmt.Sprintf("%.0f MiB", f.Memory),
			Value: f.Memory, Limit: idleMemory, Unit: " MiB",
		},
	}, nil
}

func idle(ctx context.Context, root string) (f found, err error) {
	n, err := openQuiet(ctx, root, func(p *profile.Profile) error {
		return p.Store().Update(ctx, func(tx *store.Update) error {
			for i := range ledger.ContactID(idleContacts) {
				err := tx.Apply(ledger.PutContact{Contact: ledger.Contact{
					ID: i + 1, Peer: fmt.Appendf(nil, "contact %d", i), State: ledger.Accepted, Added: time.Now(),
				}})
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return f, err
	}
	defer n.Close()
	time.Sleep(5 * time.Second) // the start does not count
	before, err := used()
	if err != nil {
		return f, err
	}
	select {
	case <-time.After(idleTime):
	case <-ctx.Done():
		return f, ctx.Err()
	}
	after, err := used()
	f.CPU = (after - before).Seconds() / idleTime.Seconds() * 100
	return f, err
}
