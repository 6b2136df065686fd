package node_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"os"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
)

// rawFile is a file that a raw host offers.
type rawFile struct {
	wire.FileOffer
	body []byte
}

func newRawFile(name string, body []byte) *rawFile {
	f := &rawFile{body: body}
	f.Name, f.Size, f.SHA256 = name, uint64(len(body)), sha256.Sum256(body)
	_, _ = rand.Read(f.ID[:])
	_, _ = rand.Read(f.Key[:])
	return f
}

func (f *rawFile) cipher(t testing.TB) *filecrypt.Cipher {
	t.Helper()
	key, err := filecrypt.ParseKey(f.Key[:])
	if err != nil {
		t.Fatal(err)
	}
	defer key.Wipe()
	c, err := filecrypt.New(key, filecrypt.ID(f.ID), uint64(len(f.body)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ReadChunk implements transfer.Source.
func (f *rawFile) ReadChunk(dst []byte, index uint64) ([]byte, error) {
	layout, err := filecrypt.NewLayout(uint64(len(f.body)))
	if err != nil {
		return nil, err
	}
	chunk, err := layout.Chunk(index)
	if err != nil {
		return nil, err
	}
	return append(dst, f.body[chunk.Offset:][:chunk.Data]...), nil
}

// Close implements transfer.Source.
func (f *rawFile) Close() error { return nil }

// onFetch answers the streams on which somebody fetches a file.
func (r *raw) onFetch(t testing.TB, answer func(network.Stream)) {
	t.Helper()
	r.SetStreamHandler(transfer.ProtocolID, answer)
}

// serve sends a file to whoever asks for it, as the protocol says, with a word before,
// if there is one.
func (f *rawFile) serve(t testing.TB, before func() error) func(network.Stream) {
	t.Helper()
	return func(s network.Stream) {
		_ = transfer.Serve(context.Background(), s, func(id filecrypt.ID) (transfer.Offer, error) {
			if id != filecrypt.ID(f.ID) {
				return transfer.Offer{}, transfer.ErrUnknown
			}
			if before != nil {
				if err := before(); err != nil {
					return transfer.Offer{}, err
				}
			}
			return transfer.Offer{Source: f, Cipher: f.cipher(t)}, nil
		})
	}
}

// offer offers a file, and returns its number at the other side.
func (l *rawLink) offer(t testing.TB, to *party, f *rawFile) ledger.FileNumber {
	t.Helper()
	l.say(t, f.FileOffer)
	return to.await(t, "the offer", func(e node.Event) bool { return e.Kind == "file_offered" && e.File > 0 }).File
}

// awaitFile waits until a file has come to a state.
func awaitFile(t testing.TB, p *party, number ledger.FileNumber, state string) (f node.File) {
	t.Helper()
	last := ""
	defer func() {
		if t.Failed() {
			t.Logf("the file is %s: %s", last, f.Why)
		}
	}()
	eventually(t, "a file that is "+state, func() bool {
		var err error
		if f, err = p.File(testContext(t), number); err != nil {
			t.Fatal(err)
		}
		last = string(f.State)
		return last == state
	})
	return f
}

// namesIn returns what is in a folder.
func namesIn(t testing.TB, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// fetch asks a node for the first chunk of a file, and returns how it answers: the
// kind of the frame, and the reason if there is one.
func (r *raw) fetch(t testing.TB, from *party, id filecrypt.ID) (kind, reason byte) {
	t.Helper()
	link, err := from.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), r.Network(), link.Peer, transfer.ProtocolID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Reset() }()
	if _, err := s.Write(append(id[:], make([]byte, 8)...)); err != nil {
		t.Fatal(err)
	}
	_ = s.SetReadDeadline(time.Now().Add(testTimeout))
	var head [2]byte
	for n := range head {
		if _, err := s.Read(head[n : n+1]); err != nil {
			t.Fatal(err)
		}
	}
	return head[0], head[1]
}
