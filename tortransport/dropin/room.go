package dropin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	roomTopic = "/onionwire-dropin/room"
	// maxLine bounds what is said at once, in bytes.
	maxLine = 1 << 10
)

// errLeft ends a stay in the room that has no other reason to end.
var errLeft = errors.New("left the room")

// Room is a chat room without a server: whoever has the address of one member can
// come in. The hash table finds the other members, GossipSub carries what they
// say, signed by who says it. It is an example and no messenger: nothing tells
// whether a message has arrived, and everybody in the room reads it.
type Room struct {
	Tor    tor.Config // the daemon to start
	Member string     // the address of somebody who is in; empty opens a new room
	In     io.Reader  // what to say, line by line
	Out    io.Writer  // the own address, for others to come in, then what they say
}

// Run comes in and stays until In or ctx ends; neither is an error. A read of In
// that is under way when ctx ends is left alone.
func (r Room) Run(ctx context.Context) error {
	var members []peer.AddrInfo
	if r.Member != "" {
		m, err := peer.AddrInfoFromString(r.Member)
		if err != nil {
			return fmt.Errorf("malformed address of a member: %w", err)
		}
		members = append(members, *m)
	}
	daemon, err := tor.Start(ctx, r.Tor)
	if err != nil {
		return err
	}
	defer daemon.Close()
	key, err := onion.GenerateKey()
	if err != nil {
		return err
	}
	h, err := NewHost(daemon, key)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := tortransport.Ready(ctx, h.Network()); err != nil {
		return err
	}
	return r.stay(ctx, h, members)
}

func (r Room) stay(ctx context.Context, h host.Host, members []peer.AddrInfo) error {
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(errLeft)
	for _, m := range members {
		err := onionhost.Connect(ctx, h, m)
		if errors.Is(err, tortransport.ErrTimeout) {
			// A dial that got no answer at all is worth another.
			err = onionhost.Connect(ctx, h, m)
		}
		if err != nil {
			return fmt.Errorf("cannot reach the member: %w", err)
		}
	}
	// GossipSub speaks with everybody whom the host is connected to, so that it
	// is enough that the table connects it.
	table, err := NewDHT(ctx, h, members)
	if err != nil {
		return err
	}
	defer table.Close()
	if err := table.Bootstrap(ctx); err != nil {
		return err
	}
	topic, err := join(ctx, h)
	if err != nil {
		return err
	}
	defer topic.Close()
	said, err := topic.Subscribe()
	if err != nil {
		return err
	}
	defer said.Cancel()
	addrs, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()})
	if err != nil {
		return err
	}
	fmt.Fprintln(r.Out, addrs[0])
	go func() { leave(r.speak(ctx, topic)) }()
	return r.listen(ctx, said, h.ID())
}

func join(ctx context.Context, h host.Host) (*pubsub.Topic, error) {
	ps, err := NewGossipSub(ctx, h)
	if err != nil {
		return nil, err
	}
	if err := ps.RegisterTopicValidator(roomTopic, isLine); err != nil {
		return nil, err
	}
	return ps.Join(roomTopic)
}

// isLine keeps out, and does not pass on, what a terminal should not be shown.
func isLine(_ context.Context, _ peer.ID, m *pubsub.Message) bool {
	return len(m.Data) <= maxLine && utf8.Valid(m.Data) && strings.IndexFunc(string(m.Data), unprintable) < 0
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// speak says what In has until it ends, and returns why it did.
func (r Room) speak(ctx context.Context, topic *pubsub.Topic) error {
	lines := bufio.NewScanner(r.In)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		line := strings.Join(strings.FieldsFunc(lines.Text(), unprintable), " ")
		if line == "" {
			continue
		}
		if err := topic.Publish(ctx, []byte(line)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errLeft
}

// listen writes what others say until ctx ends.
func (r Room) listen(ctx context.Context, said *pubsub.Subscription, self peer.ID) error {
	for {
		m, err := said.Next(ctx)
		if err != nil {
			break
		}
		if author := m.GetFrom(); author != self {
			name := author.String()
			fmt.Fprintf(r.Out, "%s: %s\n", name[max(0, len(name)-8):], m.Data)
		}
	}
	if err := context.Cause(ctx); !errors.Is(err, errLeft) && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
