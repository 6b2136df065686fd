package reference

import "bytes"

// Op names a primitive.
type Op string

// The primitives of the protocol. Seal and Open are either AEAD, of Noise or of
// a cell.
const (
	OpX25519  Op = "X25519"
	OpKeyGen  Op = "KeyGen"
	OpEncaps  Op = "Encaps"
	OpDecaps  Op = "Decaps"
	OpSHA256  Op = "SHA-256"
	OpHMAC    Op = "HMAC"
	OpExtract Op = "HKDF-Extract"
	OpExpand  Op = "HKDF-Expand"
	OpSeal    Op = "Seal"
	OpOpen    Op = "Open"
	OpSign    Op = "Sign"
)

// Value is a byte string that went into a primitive or came out of one. A
// secret input is one that an adversary has to know; everything else counts as
// public, including public keys and hashes of them that only travel encrypted,
// which makes the adversary a little stronger than it is.
type Value struct {
	Name   string
	Bytes  []byte
	Secret bool
}

// Call is one use of a primitive. Inputs that are concatenated for it, and
// outputs that are cut apart after it, stand on their own in their order.
type Call struct {
	Op      Op
	In, Out []Value
}

// Trace records the calls of primitives. Several parties may share one. A nil
// Trace records nothing.
type Trace struct{ Calls []Call }

func secret(name string, b []byte) Value { return Value{name, b, true} }
func public(name string, b []byte) Value { return Value{name, b, false} }

func (t *Trace) record(op Op, in, out []Value) {
	if t == nil {
		return
	}
	t.Calls = append(t.Calls, Call{op, cloned(in), cloned(out)})
}

func cloned(values []Value) []Value {
	c := make([]Value, len(values))
	for i, v := range values {
		c[i] = Value{v.Name, bytes.Clone(v.Bytes), v.Secret}
	}
	return c
}

func joined(values []Value) []byte {
	var b []byte
	for _, v := range values {
		b = append(b, v.Bytes...)
	}
	return b
}

// inputs returns every different input of the given name to the given primitive.
func (t *Trace) inputs(name string, ops ...Op) [][]byte {
	var found [][]byte
	seen := Set{}
	for _, c := range t.Calls {
		for _, op := range ops {
			if c.Op != op {
				continue
			}
			for _, v := range c.In {
				if v.Name == name && !seen.Has(v.Bytes) {
					seen.Add(v.Bytes)
					found = append(found, v.Bytes)
				}
			}
		}
	}
	return found
}

// X25519Secrets returns every private X25519 key that was used: what breaking
// X25519 gives away.
func (t *Trace) X25519Secrets() [][]byte { return t.inputs("k", OpX25519) }

// KEMSecrets returns every seed of an ML-KEM key pair and all randomness of
// encapsulations: what breaking ML-KEM gives away.
func (t *Trace) KEMSecrets() [][]byte {
	return append(t.inputs("seed", OpKeyGen, OpDecaps), t.inputs("m", OpEncaps)...)
}
