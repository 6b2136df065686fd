package tortransport

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/network"
)

// stage is a part of bringing a connection up, in the words of the error that it
// fails with.
type stage string

const (
	stageSOCKS     stage = "no answer from the SOCKS port"
	stageSecurity  stage = "no agreement on a security protocol"
	stageHandshake stage = "handshake failed"
	stageMuxer     stage = "no agreement on a stream multiplexer"
)

// What the errors of libp2p's upgrader begin with. It has one for the agreement on
// a security protocol and the handshake of that.
const (
	upgraderSecurity = "failed to negotiate security protocol: "
	upgraderMuxer    = "failed to negotiate stream multiplexer: "
)

// failed tells at which stage an upgrade has failed, from its error and from
// whether there was agreement on a security protocol.
func failed(err error, agreed bool) stage {
	switch text := err.Error(); {
	case strings.HasPrefix(text, upgraderMuxer):
		return stageMuxer
	case !strings.HasPrefix(text, upgraderSecurity):
		return "" // a gater or the resource manager, which say so
	case agreed:
		return stageHandshake
	}
	return stageSecurity
}

// at puts the stage in front of the reason for the failure, in place of what the
// upgrader says. The reason is cause if that is not nil.
func (s stage) at(err, cause error) error {
	if inner := errors.Unwrap(err); s != "" && inner != nil {
		err = inner
	}
	switch {
	case cause != nil:
		err = cause
	case errors.Is(err, os.ErrDeadlineExceeded):
		// Noise gives its connection the deadline of the context, and may meet it
		// first.
		err = context.DeadlineExceeded
	}
	if s == "" {
		return err
	}
	return fmt.Errorf("%s: %w", s, err)
}

// Lines of multistream-select 1.0, which begin with their length. The dialler
// proposes, after the header, one protocol after the other until the listener
// repeats one instead of refusing it.
const (
	negotiationHeader = "\x13/multistream/1.0.0\n"
	refusedProposal   = "na\n"
	maxLine           = 1024 // bytes; libp2p's names have ten
	// maxSaid bounds what is kept of one's own side of the negotiation, in bytes.
	// Two hundred refusals fit.
	maxSaid = 1 << 10
)

// maxHeard bounds what is read from a peer that has connected to us until its
// connection is upgraded, in bytes. A peer that does as it should says a few
// thousand; one that proposes for ever would be answered for ever.
const maxHeard = 32 << 10

var errTalkative = errors.New("the peer proposes for ever")

// negotiation is a connection while an upgrader negotiates on it. It listens to what
// the upgrader itself says, to tell whether there is agreement on a security
// protocol, and bounds what a peer that has connected to us can say.
type negotiation struct {
	net.Conn
	dir    network.Direction
	agreed atomic.Bool

	heard    atomic.Int64  // bytes
	bounded  chan struct{} // until it is closed, so much can be heard; nil: no bound
	lifting  sync.Once
	upgraded atomic.Bool

	over atomic.Bool
	mu   sync.Mutex
	said []byte // from the beginning, until it is over
}

// Agreed reports whether there is agreement.
func (n *negotiation) Agreed() bool { return n.agreed.Load() }

// lift ends the bound on what the peer can say.
func (n *negotiation) lift() {
	if n.bounded != nil {
		n.lifting.Do(func() {
			n.upgraded.Store(true)
			close(n.bounded)
		})
	}
}

// Close closes the connection.
func (n *negotiation) Close() error {
	n.lift()
	return n.Conn.Close()
}

// Read reads what the peer says. What is beyond the bound waits: a multiplexer
// may begin to read a moment before the upgrade is over.
func (n *negotiation) Read(b []byte) (int, error) {
	if n.bounded == nil || n.upgraded.Load() {
		return n.Conn.Read(b)
	}
	if n.heard.Load() >= maxHeard {
		<-n.bounded
	}
	count, err := n.Conn.Read(b)
	n.heard.Add(int64(count))
	return count, err
}

// Write sends b.
func (n *negotiation) Write(b []byte) (int, error) {
	if !n.over.Load() && !n.note(b) && n.dir == network.DirInbound {
		return 0, errTalkative
	}
	return n.Conn.Write(b)
}

// note reports false if so much has been said that it is of no use to go on.
func (n *negotiation) note(b []byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, b...)
	tooMuch := false
	lines, ok := bytes.CutPrefix(n.said, []byte(negotiationHeader))
	switch {
	case ok && n.settled(lines):
		n.agreed.Store(true)
	case ok && len(n.said) >= maxSaid:
		tooMuch = true
	case ok, bytes.HasPrefix([]byte(negotiationHeader), n.said):
		return true // more of it is to come
	}
	// They agree, or this is no such negotiation: with a pre-shared key it is
	// encrypted.
	n.over.Store(true)
	n.said = nil
	return !tooMuch
}

// settled reports whether what follows the header shows that there is agreement:
// for a listener a line that is no refusal, for a dialler something that is no
// line, and thus belongs to the handshake.
func (n *negotiation) settled(said []byte) bool {
	for len(said) > 0 {
		size, prefix := binary.Uvarint(said)
		said = said[max(0, prefix):]
		switch {
		case prefix < 0 || size > maxLine || prefix > 0 && size == 0:
			return n.dir == network.DirOutbound
		case prefix == 0 || uint64(len(said)) < size:
			return false // the rest is still to come
		}
		line := said[:size]
		said = said[size:]
		switch {
		case n.dir == network.DirInbound && string(line) != refusedProposal:
			return true
		case n.dir == network.DirOutbound && line[0] != '/':
			return true
		}
	}
	return false
}
