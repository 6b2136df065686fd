package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/onionwire/onionwire/node/download"
)

// ProtocolID names the protocol among a host's libp2p protocols.
const ProtocolID = "/onionwire/file/1.0.0"

// Patience is how long one side waits for the other to get on by one chunk, two
// minutes. A path that takes longer for 64 KiB is of no use for files.
const Patience = 2 * time.Minute

// farewellTime bounds how long a sender that stops waits to say why.
const farewellTime = 5 * time.Second

// Stream is what a file is moved on: a libp2p stream to a peer that has proven who it
// is. Reset ends it at once, in both directions, and whatever blocks in it; Close ends
// it in good order. Both are done by those who are given one.
type Stream interface {
	io.ReadWriteCloser
	Reset() error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// Why no more of a file is moved. Everything else is the stream's error, and worth
// another attempt on a new stream.
var (
	// ErrProtocol means that the other side broke the protocol.
	ErrProtocol = errors.New("the other side does not keep to the file protocol")
	// ErrStalled means that the other side did not get on within Patience.
	ErrStalled = errors.New("the other side does not get on with the file")
	// ErrUnknown means that the sender has no such file for the receiver, for
	// whatever reason.
	ErrUnknown = errors.New("the sender has no such file")
	// ErrPaused means that the sender does not send it now.
	ErrPaused = errors.New("the sender has paused the file")
	// ErrChanged means that the sender's file is not the one any more that it offered.
	ErrChanged = download.ErrChanged
	// ErrWithdrawn means that the sender has called it off.
	ErrWithdrawn = errors.New("the sender has withdrawn the file")
)

// lost says why a stream failed.
func lost(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w: %w", ErrStalled, err)
	}
	return fmt.Errorf("file stream: %w", err)
}

// whenDone has f called when the context ends, until stop is called. f does not run
// any more when that returns.
func whenDone(ctx context.Context, f func()) (stop func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		f()
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}
