package reference

import "bytes"

// Config is all that goes into one side of a handshake. What a test leaves out
// of the last group is as the specification has it.
type Config struct {
	Trace     *Trace
	Initiator bool
	Identity  Identity
	// LocalID and RemoteID are the peer IDs.
	LocalID, RemoteID []byte
	// RemoteKey is the identity key that the other side has to prove.
	RemoteKey  []byte
	Hint       bool
	Features   uint32
	Generation uint64 // this side's proposal; 1 if 0

	Ephemeral     []byte // X25519 scalar
	KEMSeed       []byte // initiator: seed of the ML-KEM key pair, 64 bytes
	Encapsulation []byte // responder: randomness of the encapsulation, 32 bytes
	RatchetX      []byte // responder: X25519 scalar of the first ratchet key
	RatchetSeed   []byte // responder: ML-KEM seed of it, 64 bytes

	// For peers that do not keep to the specification.
	Version         byte   // in the prologue and in payload 1; 2 if 0
	Highest         byte   // highest version; 2 if 0
	EphemeralPublic []byte // sent in place of the ephemeral key
	StaticPublic    []byte // sent in place of the static key
	Lenient         bool   // reads whatever has the right length and decrypts
	// RemoteScalar is the other side's ephemeral scalar. Who knows it needs no
	// static private key of its own, and forges what somebody else would say.
	RemoteScalar []byte
}

// Handshake is one side of a handshake. The fields are what it has come to
// know; they are set as soon as they are.
type Handshake struct {
	Config
	EphemeralKey             []byte // own
	KEMKey                   []byte // initiator's encapsulation key
	RatchetPoint, RatchetKey []byte // responder's first ratchet key
	Ciphertext               []byte

	RemoteEphemeral, RemoteStatic []byte
	RemoteKnowsUs                 bool
	RemoteGeneration              uint64
	RemoteFeatures                uint32

	Prologue []byte
	Payloads [3][]byte // decrypted
	Messages [3][]byte
	Hashes   [4][]byte // h before the first message and after each
	KEM      []byte
	Keys     Keys // complete after message 3

	noise *symmetric
	next  int // index of the next message
}

// NewHandshake makes a side's keys.
func NewHandshake(c Config) *Handshake {
	if c.Version == 0 {
		c.Version = Version
	}
	if c.Highest == 0 {
		c.Highest = Version
	}
	c.Generation = max(c.Generation, 1)
	h := &Handshake{Config: c}
	initiatorID, responderID := c.LocalID, c.RemoteID
	if !c.Initiator {
		initiatorID, responderID = responderID, initiatorID
	}
	h.Prologue = join(lp([]byte(protocolName)), u8(int(c.Version)), lp(initiatorID), lp(responderID))
	h.noise = newSymmetric(c.Trace, h.Prologue)
	h.Hashes[0] = h.noise.h
	h.EphemeralKey = c.Trace.point(c.Ephemeral)
	if c.Initiator {
		h.KEMKey = c.Trace.keyGen(c.KEMSeed)
	} else {
		h.RatchetPoint = c.Trace.point(c.RatchetX)
		h.RatchetKey = c.Trace.keyGen(c.RatchetSeed)
	}
	return h
}

// Payload returns the payload of this side's next message, for Write or for a
// test to change and hand to WritePayload.
func (h *Handshake) Payload() []byte {
	hint := byte(0)
	if h.Hint {
		hint = 1
	}
	switch h.next {
	case 0:
		return Payload1{h.Version, h.Highest, h.Features, h.KEMKey}.Bytes()
	case 1:
		if h.Ciphertext == nil {
			h.KEM, h.Ciphertext = h.Trace.encaps(h.KEMKey, h.Encapsulation)
		}
		return Payload2{
			h.Ciphertext, h.Identity.Certificate(), hint, h.Highest, h.Features, h.Generation,
			h.RatchetPoint, h.RatchetKey,
		}.Bytes()
	default:
		return Payload3{h.Identity.Certificate(), hint, h.Generation}.Bytes()
	}
}

// Write returns this side's next message.
func (h *Handshake) Write() []byte { return h.WritePayload(h.Payload()) }

// WritePayload returns this side's next message with any payload. The keys of
// this side follow from its own payload all the same, not from that one.
func (h *Handshake) WritePayload(payload []byte) []byte {
	s := h.noise
	static := public("static", h.Identity.StaticPublic)
	if h.StaticPublic != nil {
		static.Bytes = h.StaticPublic
	}
	var m []byte
	if h.next < 2 {
		m = h.EphemeralKey
		if h.EphemeralPublic != nil {
			m = h.EphemeralPublic
		}
		s.mixHash(m)
	}
	switch h.next {
	case 1:
		s.mixKey(h.Trace.x25519(h.Ephemeral, h.RemoteEphemeral)) // ee
		m = join(m, s.encryptAndHash(static))
		s.mixKey(h.staticShared()) // es
	case 2:
		m = s.encryptAndHash(static)
		s.mixKey(h.staticShared()) // se
	}
	m = join(m, s.encryptAndHash(public("payload", payload)))
	h.took(m, payload)
	return m
}

// staticShared is the shared secret of this side's static key and the other
// side's ephemeral one.
func (h *Handshake) staticShared() []byte {
	if h.RemoteScalar == nil {
		return h.Trace.x25519(h.Identity.StaticPrivate, h.RemoteEphemeral)
	}
	static := h.Identity.StaticPublic
	if h.StaticPublic != nil {
		static = h.StaticPublic
	}
	return h.Trace.x25519(h.RemoteScalar, static)
}

// took ends the turn of a message.
func (h *Handshake) took(message, payload []byte) {
	h.Messages[h.next], h.Payloads[h.next] = bytes.Clone(message), bytes.Clone(payload)
	h.next++
	h.Hashes[h.next] = h.noise.h
	if h.next == 3 {
		h.Keys = newKeys(h.Trace, h.noise, h.KEM)
	}
}

// AgreedFeatures are those that both sides have sent.
func (h *Handshake) AgreedFeatures() uint32 { return h.Features & h.RemoteFeatures }

// AgreedGeneration is the higher of both proposals.
func (h *Handshake) AgreedGeneration() uint64 { return max(h.Generation, h.RemoteGeneration) }

// Mixed returns what ee, es and se have led to so far, in this order.
func (h *Handshake) Mixed() []Mixed { return h.noise.mixed }
