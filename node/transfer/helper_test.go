package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// soak lets some tests go on for much longer.
var soak = os.Getenv("NODE_TEST_SOAK") != ""

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const chunkSize = filecrypt.ChunkSize

var (
	fileID  = filecrypt.ID{1, 2, 3}
	fileKey = bytes.Repeat([]byte{7}, filecrypt.KeySize)
)

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

func newCipher(t testing.TB, size int) *filecrypt.Cipher {
	t.Helper()
	key, err := filecrypt.ParseKey(fileKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := filecrypt.New(key, fileID, uint64(size), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func chunks(t testing.TB, size int) uint64 {
	t.Helper()
	layout, err := filecrypt.NewLayout(uint64(size))
	if err != nil {
		t.Fatal(err)
	}
	return layout.Chunks()
}

// content makes up a file whose chunks differ.
func content(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

// source is a file in memory, which counts what is read.
type source struct {
	layout filecrypt.Layout
	file   []byte
	fail   func(index uint64) error

	mu     sync.Mutex
	reads  []uint64
	closed bool
}

func newSource(t testing.TB, file []byte) *source {
	t.Helper()
	layout, err := filecrypt.NewLayout(uint64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return &source{layout: layout, file: file}
}

func (s *source) ReadChunk(dst []byte, index uint64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(index); err != nil {
			return nil, err
		}
	}
	chunk, err := s.layout.Chunk(index)
	if err != nil {
		return nil, err
	}
	s.reads = append(s.reads, index)
	start := min(int(chunk.Offset), len(s.file))
	return append(dst, s.file[start:][:chunk.Data]...), nil
}

func (s *source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

func (s *source) read() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]uint64(nil), s.reads...)
}

// serve serves one file on a stream. The result comes when it has ended.
func serve(ctx context.Context, t testing.TB, s transfer.Stream, from *source, progress func(transfer.Progress)) <-chan error {
	t.Helper()
	cipher := newCipher(t, len(from.file))
	result := make(chan error, 1)
	go func() {
		result <- transfer.Serve(ctx, s, func(id filecrypt.ID) (transfer.Offer, error) {
			if id != fileID {
				return transfer.Offer{}, errors.New("another file")
			}
			return transfer.Offer{Source: from, Cipher: cipher, Progress: progress}, nil
		})
	}()
	return result
}

// sink is what has been received.
type sink struct {
	mu   sync.Mutex
	next uint64
	data []byte
}

func (k *sink) write(index uint64, data []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if index != k.next {
		return errors.New("out of order")
	}
	k.next++
	k.data = append(k.data, data...)
	return nil
}

// config is for fetching the rest of a file of some size.
func (k *sink) config(t testing.TB, size int) transfer.FetchConfig {
	t.Helper()
	return transfer.FetchConfig{ID: fileID, Cipher: newCipher(t, size), From: k.next, Write: k.write}
}

func (k *sink) want(t testing.TB, file []byte) {
	t.Helper()
	if !bytes.Equal(k.data, file) {
		t.Errorf("received %d bytes that are not the %d of the file", len(k.data), len(file))
	}
}
