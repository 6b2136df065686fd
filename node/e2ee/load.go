package e2ee

import (
	"crypto/mlkem"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// decodeSession reads what encode of that version wrote. It fails with ErrSaved:
// the bytes were authentic, so somebody wrote them wrongly.
func decodeSession(version byte, b []byte) (*Session, error) {
	d := &decoder{rest: b}
	s := &Session{ratchet: new(ratchet)}
	s.role = role(d.byte())
	flags := d.byte()
	copy(s.id[:], d.bytes(len(s.id)))
	s.features = d.uint32()
	s.generation = d.uint64()
	s.used = d.time()
	if version > 1 {
		s.skipped.lost = d.uint64()
	}
	s.confirmed = flags&flagConfirmed != 0
	// The connection of the handshake cannot have survived.
	s.suspended = !s.confirmed
	d.check(s.role == initiator || s.role == responder && s.confirmed)
	d.check(flags <= flagOwn|flagPeer|flagConfirmed && s.generation > 0)
	// An initiator begins with the peer's keys, a responder with its own; whoever
	// has none of its own took a step, or is about to take the first.
	d.check(flags&(flagOwn|flagPeer) != 0 && (s.role == responder || flags&flagPeer != 0))
	d.ratchet(s.ratchet, flags)
	d.skipped(&s.skipped)
	if d.failed || len(d.rest) > 0 {
		s.Close()
		return nil, fmt.Errorf("%w: wrong layout", ErrSaved)
	}
	return s, nil
}

// decoder takes a saved session apart. After a failure it gives zeros.
type decoder struct {
	redacted

	rest   []byte
	failed bool
}

func (d *decoder) check(ok bool) { d.failed = d.failed || !ok }

func (d *decoder) bytes(n int) []byte {
	if d.check(len(d.rest) >= n); d.failed {
		return make([]byte, n)
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte     { return d.bytes(1)[0] }
func (d *decoder) uint16() uint16 { return binary.BigEndian.Uint16(d.bytes(2)) }
func (d *decoder) uint32() uint32 { return binary.BigEndian.Uint32(d.bytes(4)) }
func (d *decoder) uint64() uint64 { return binary.BigEndian.Uint64(d.bytes(8)) }

// secret moves a key out of the buffer.
func (d *decoder) secret() secret { return redact.Take(d.bytes(secretSize)) }

// time reads seconds since 1970.
func (d *decoder) time() int64 {
	t := d.uint64()
	d.check(t <= math.MaxInt64)
	return int64(t)
}

func (d *decoder) ratchet(r *ratchet, flags byte) {
	r.root, r.nextSend, r.nextRecv = d.secret(), d.secret(), d.secret()
	r.send.first, r.send.n, r.previous = d.uint64(), d.uint32(), d.uint32()
	r.recv.first, r.recv.n = d.uint64(), d.uint32()
	if flags&flagOwn != 0 {
		scalar, seed := d.bytes(secretSize), d.bytes(mlkem.SeedSize)
		own, err := loadKeyPair(scalar, seed)
		d.check(err == nil)
		r.own = own
		d.chain(&r.send)
	}
	if flags&flagPeer != 0 {
		d.chain(&r.recv)
		peer, err := parsePeerKeys(r.recv.part[:])
		d.check(err == nil)
		r.peer = peer
	}
}

func (d *decoder) chain(c *chain) {
	c.key, c.header, c.part = d.secret(), d.secret(), new(part)
	copy(c.part[:], d.bytes(partSize))
}

func (d *decoder) skipped(s *skippedKeys) {
	n := int(d.byte())
	d.check(n <= MaxSkippedChains)
	for i := 0; i < n && !d.failed; i++ {
		c := &skippedChain{header: d.secret(), first: d.uint64()}
		s.chains = append(s.chains, c)
		count := int(d.uint16())
		d.check(count > 0 && count <= MaxSkippedInChain)
		if d.failed {
			return
		}
		c.keys = make([]skippedKey, 0, count)
		for j := range count {
			k := skippedKey{n: d.uint32(), since: d.time(), key: d.secret()}
			d.check(j == 0 || k.n > c.keys[j-1].n)
			c.keys = append(c.keys, k)
		}
		s.total += count
	}
	d.check(s.total <= MaxSkipped)
}
