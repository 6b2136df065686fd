package main

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node/e2ee"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	cellLimit           = 1.5 // times the primitives
	cellAllocationLimit = 10
)

// What a cell is made of, in bytes (docs/protocol.md, "Cells").
const (
	headerSize     = 2312
	headerDataSize = 23 + 32 // label and session ID
	bodyOffset     = chacha20poly1305.NonceSizeX + headerSize + chacha20poly1305.Overhead
)

// contents are what is sealed.
var contents = []struct {
	name string
	size int
	n    int // cells in a row
}{
	{"one cell", e2ee.OneCell, 250},
	{"64 KiB", 64 << 10, 25},
}

// measureCells measures what stays within a chain: no cell begins one.
func measureCells(rounds int) ([]report.Figure, error) {
	var timings, counts []report.Figure
	for _, c := range contents {
		s, err := newStream(c.size)
		if err != nil {
			return nil, err
		}
		opening, err := compare(s.open, repeat(s.bare.open), c.n, rounds)
		if err != nil {
			return nil, err
		}
		both, err := allocations(s.pass)
		if err != nil {
			return nil, err
		}
		seals, err := allocations(s.seal) // from here on nobody opens anything
		if err != nil {
			return nil, err
		}
		sealing, err := compare(repeat(s.seal), repeat(s.bare.seal), c.n, rounds)
		if err != nil {
			return nil, err
		}
		timings = append(timings,
			timed("seal, "+c.name, sealing, cellLimit),
			timed("open, "+c.name, opening, cellLimit))
		counts = append(counts,
			counted("allocations of seal, "+c.name, seals, "", cellAllocationLimit),
			counted("allocations of open, "+c.name, both-seals, "", cellAllocationLimit))
	}
	return append(timings, counts...), nil
}

// stream is one direction of a session, in the middle of a chain.
type stream struct {
	from, to *e2ee.Session
	content  []byte
	sealed   []byte // last
	bare     *bareCell
}

func newStream(size int) (*stream, error) {
	s := &stream{content: make([]byte, size)}
	var err error
	if s.from, s.to, err = newSessions(); err != nil {
		return nil, err
	}
	if err := s.pass(); err != nil {
		return nil, err
	}
	s.bare, err = newBareCell(len(s.sealed))
	return s, err
}

func (s *stream) seal() (err error) {
	s.sealed, err = s.from.Seal(s.content)
	return err
}

// pass seals a cell and opens it.
func (s *stream) pass() error {
	if err := s.seal(); err != nil {
		return err
	}
	_, err := s.to.Open(s.sealed, time.Time{})
	return err
}

// open is work: to open n cells, one after the other.
func (s *stream) open(n int) (time.Duration, error) {
	cells := make([][]byte, n)
	for i := range cells {
		if err := s.seal(); err != nil {
			return 0, err
		}
		cells[i] = s.sealed
	}
	began := time.Now()
	for _, cell := range cells {
		if _, err := s.to.Open(cell, time.Time{}); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// bareCell is the same two encryptions and nothing else, under one nonce and two
// keys for ever: what is encrypted is zeros.
type bareCell struct {
	nonce              []byte
	headerKey, bodyKey []byte
	headerData         []byte
	header, body       []byte
	cell               []byte // sealed
}

func newBareCell(size int) (*bareCell, error) {
	b := &bareCell{
		nonce:      make([]byte, chacha20poly1305.NonceSizeX),
		headerKey:  make([]byte, chacha20poly1305.KeySize),
		bodyKey:    make([]byte, chacha20poly1305.KeySize),
		headerData: make([]byte, headerDataSize),
		header:     make([]byte, headerSize),
		body:       make([]byte, size-bodyOffset-chacha20poly1305.Overhead),
	}
	for _, random := range [][]byte{b.nonce, b.headerKey, b.bodyKey} {
		if _, err := rand.Read(random); err != nil {
			return nil, err
		}
	}
	if err := b.seal(); err != nil {
		return nil, err
	}
	if len(b.cell) != size {
		return nil, fmt.Errorf("the bare cell has %d bytes, ours %d", len(b.cell), size)
	}
	return b, nil
}

// ciphers makes those of both keys: every cell has a key of its own.
func (b *bareCell) ciphers() (header, body cipher.AEAD, err error) {
	if header, err = chacha20poly1305.NewX(b.headerKey); err != nil {
		return nil, nil, err
	}
	body, err = chacha20poly1305.NewX(b.bodyKey)
	return header, body, err
}

func (b *bareCell) seal() error {
	header, body, err := b.ciphers()
	if err != nil {
		return err
	}
	cell := make([]byte, bodyOffset+len(b.body)+chacha20poly1305.Overhead)
	header.Seal(cell[:copy(cell, b.nonce)], b.nonce, b.header, b.headerData)
	body.Seal(cell[:bodyOffset], b.nonce, b.body, cell[:bodyOffset])
	b.cell = cell
	return nil
}

func (b *bareCell) open() error {
	header, body, err := b.ciphers()
	if err != nil {
		return err
	}
	if _, err := header.Open(nil, b.nonce, b.cell[len(b.nonce):bodyOffset], b.headerData); err != nil {
		return err
	}
	_, err = body.Open(nil, b.nonce, b.cell[bodyOffset:], b.cell[:bodyOffset])
	return err
}
