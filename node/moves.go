package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/transfer"
)

const (
	// maxServed is how many files are sent at once to all contacts, and maxServedEach
	// to one of them. A contact that asks for more waits and asks again.
	maxServed     = 32
	maxServedEach = 8
)

// moves are the files that move.
type moves struct {
	mu       sync.Mutex
	fetching map[ledger.FileNumber]*move
	serving  map[*move]struct{}
	limiters map[ledger.ContactID]*transfer.Limiter
	waiting  map[ledger.FileNumber]string // why they do not move at the moment
}

// move is a file that moves.
type move struct {
	file   ledger.FileNumber // 0 while nobody has said which
	peer   string            // who fetches it from us
	cancel context.CancelCauseFunc
	over   chan struct{} // closed when it is fetched no more
}

// errNotNow means that a file is not to move any more, for now or for good.
var errNotNow = errors.New("the file does not move now")

// look begins to fetch the files that are to be fetched, and ends what is not to be
// fetched any more. It is called by the loop.
func (m *moves) look(n *Node, wanted []ledger.File) {
	if n.cfg.Offline {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fetching == nil {
		m.fetching = make(map[ledger.FileNumber]*move)
		m.serving = make(map[*move]struct{})
		m.limiters = make(map[ledger.ContactID]*transfer.Limiter)
	}
	keep := make(map[ledger.FileNumber]bool)
	for _, f := range wanted {
		keep[f.Number] = true
		if m.fetching[f.Number] != nil {
			continue
		}
		if m.limiters[f.Contact] == nil {
			m.limiters[f.Contact] = new(transfer.Limiter)
		}
		ctx, cancel := context.WithCancelCause(n.ctx)
		mv := &move{file: f.Number, cancel: cancel, over: make(chan struct{})}
		limiter := m.limiters[f.Contact]
		m.fetching[f.Number] = mv
		n.tasks.Go(func() {
			defer cancel(nil)
			n.fetch(ctx, f, limiter)
			m.over(mv)
			n.again() //nolint:contextcheck // the file's own may be done by now
		})
	}
	for number := range m.waiting { // also of those that are sent
		if n.engine.Refusal(number) != nil && !keep[number] {
			delete(m.waiting, number)
		}
	}
	for number, mv := range m.fetching {
		if !keep[number] {
			mv.cancel(errNotNow)
		}
	}
	for mv := range m.serving {
		if mv.file == 0 {
			continue
		}
		if reason := n.engine.Refusal(mv.file); reason != nil {
			mv.cancel(refusal(reason))
		}
	}
}

// again looks whether a file that was called off is to be fetched by now.
func (n *Node) again() {
	_ = n.do(n.ctx, func(e *engine.Engine, _ time.Time) error {
		n.moves.look(n, e.Fetches())
		return nil
	})
}

// over forgets a file that was fetched.
func (m *moves) over(mv *move) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fetching[mv.file] == mv {
		delete(m.fetching, mv.file)
		delete(m.waiting, mv.file)
	}
	close(mv.over)
}

// discard removes what has come of a file that does not arrive any more, when nobody
// writes to it. It is called by the loop.
func (m *moves) discard(n *Node, f ledger.File) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mv := m.fetching[f.Number]
	n.tasks.Go(func() {
		if mv != nil {
			mv.cancel(errNotNow)
			<-mv.over
		}
		if err := download.Discard(f.Draft); err != nil {
			n.log.Warn("what has come of a file cannot be removed", "error", reasonOf(err))
		}
	})
}

// left reports whether something may be left of an incoming file that is of no use.
func left(f ledger.File) bool {
	return f.Incoming && f.Draft != "" && f.State.Final() && f.State != ledger.Arrived
}

// tidy removes what a crash has left of files that do not arrive any more.
func (n *Node) tidy() {
	var all []ledger.File
	err := n.store.View(n.ctx, func(tx *store.View) (err error) {
		all, err = tx.LeftFiles()
		return err
	})
	for _, f := range all {
		if err == nil && left(f) {
			n.moves.discard(n, f)
		}
	}
}

// onFile answers a stream on which a contact fetches a file.
func (n *Node) onFile(s network.Stream) {
	if !n.enter() {
		_ = s.Reset()
		return
	}
	defer n.tasks.Done()
	ctx, cancel := context.WithCancelCause(n.ctx)
	defer cancel(nil)
	mv := &move{peer: string(s.Conn().RemotePeer()), cancel: cancel}
	// Nobody else than contacts can have been offered anything.
	if !n.gate.accepts(mv.peer) || !n.moves.serve(mv) {
		_ = s.Reset()
		return
	}
	defer n.moves.served(mv)
	err := transfer.Serve(ctx, s, func(id filecrypt.ID) (transfer.Offer, error) {
		return n.offer(ctx, mv, ledger.FileID(id))
	})
	if err != nil {
		n.log.Debug("a file was not sent to its end", "error", redact.Path(err))
	}
}

// serve counts a file that is sent, if there are not too many.
func (m *moves) serve(mv *move) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.serving == nil {
		m.serving = make(map[*move]struct{})
	}
	each := 0
	for other := range m.serving {
		if other.peer == mv.peer {
			each++
		}
	}
	if len(m.serving) >= maxServed || each >= maxServedEach {
		return false
	}
	m.serving[mv] = struct{}{}
	return true
}

// name notes which file is sent. It is called by the loop, so that what becomes of the
// file from then on ends the sending.
func (m *moves) name(mv *move, number ledger.FileNumber) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mv.file = number
}

func (m *moves) served(mv *move) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.serving, mv)
}

// offer returns a file that a contact may fetch.
func (n *Node) offer(ctx context.Context, mv *move, id ledger.FileID) (transfer.Offer, error) {
	var f ledger.File
	err := n.do(ctx, func(e *engine.Engine, _ time.Time) (err error) {
		if f, err = e.Outgoing([]byte(mv.peer), id); err == nil {
			n.moves.name(mv, f.Number)
		}
		return err
	})
	if err != nil {
		return transfer.Offer{}, refusal(err)
	}
	source, err := download.Open(f.Path)
	if err == nil && (source.Layout().Size() != f.Size || source.Modified().UnixMilli() != f.Modified.UnixMilli()) {
		_ = source.Close()
		err = download.ErrChanged
	}
	switch {
	case err != nil && final(err):
		n.breakFile(f, err)
		return transfer.Offer{}, transfer.ErrChanged
	case err != nil: // it may be there again when the contact asks again
		n.stall(f, err)
		return transfer.Offer{}, transfer.ErrPaused
	}
	n.unstall(f.Number)
	cipher, err := cipherOf(f)
	if err != nil {
		_ = source.Close()
		return transfer.Offer{}, err
	}
	var told time.Time
	return transfer.Offer{
		Source: source, Cipher: cipher, Progress: func(p transfer.Progress) { n.progress(f, p, &told) },
	}, nil
}

// refusal names for the other side why it does not get a file.
func refusal(err error) error {
	if errors.Is(err, engine.ErrState) {
		return transfer.ErrPaused
	}
	return transfer.ErrUnknown
}
