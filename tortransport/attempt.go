package tortransport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/dialqueue"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// endGrace is how long a dial whose connection broke waits for the news that tor
// itself is lost. They come within milliseconds.
const endGrace = 250 * time.Millisecond

// attempt is one try to reach a target. It holds a place until Tor has answered.
type attempt struct {
	trace *dialTrace
	place *dialqueue.Place // nil before there is one
	fresh freshener

	mu       sync.Mutex
	answered bool
	refusal  error
}

// replied is called with Tor's answer, whenever that comes.
func (a *attempt) replied(err error) {
	a.place.Release()
	a.fresh.stop()
	if err == nil {
		a.trace.enter(phaseNegotiation)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answered, a.refusal = err == nil, err
}

// release gives the place back, if that has not happened.
func (a *attempt) release() {
	if a.place != nil {
		a.place.Release()
	}
}

// end is called when the attempt is over.
func (a *attempt) end() {
	a.release()
	a.fresh.stop()
	a.fresh.tasks.Wait()
}

// granted reports whether Tor is known to have connected to the service.
func (a *attempt) granted() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answered
}

// because explains the error of an upgrade: by Tor's refusal, which libp2p may have
// met and not passed on, by its silence, or by the stage that the two peers got
// stuck in.
func (a *attempt) because(err error, agreed bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := failed(err, agreed)
	switch {
	case a.refusal != nil && !errors.Is(a.refusal, net.ErrClosed):
		return a.refusal
	case !a.answered && at != "":
		at = stageSOCKS
	}
	return at.at(err, nil)
}

func (t *Transport) reconnects() uint64 {
	if t.daemon == nil {
		return 0
	}
	return t.daemon.Reconnects()
}

// errTorLost means that tor was lost while it was dialled through. A daemon finds it
// again, or starts another.
var errTorLost = errors.New("tor was lost")

// daemonError replaces the error of a dial by the loss of tor, if that is what made
// it fail: a connection to tor breaks a moment before anybody knows that it is
// lost. reconnects is what the daemon counted when the dial began.
func (t *Transport) daemonError(ctx context.Context, err error, reconnects uint64) error {
	if t.daemon == nil || t.dialer != nil {
		return err
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, new(syscall.Errno)) {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, endGrace)
	defer cancel()
	for st := range t.daemon.Status(ctx) {
		switch {
		case st.State == tor.Ended:
			return st.Err
		case st.State == tor.Reconnecting:
			return fmt.Errorf("%w: %w", errTorLost, st.Err)
		case t.daemon.Reconnects() != reconnects:
			return fmt.Errorf("%w: %w", errTorLost, err)
		}
	}
	return err
}
