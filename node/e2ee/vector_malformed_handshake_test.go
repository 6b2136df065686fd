package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// messageMaker writes the message of an adversary who holds the sender's keys,
// and checks what the reference makes of it.
type messageMaker struct {
	t                    *testing.T
	initiator, responder reference.Config
	index                int // of the message, from 0
	made                 []malformedMessage
}

// malice is what is wrong with a message.
type malice struct {
	sender  func(*reference.Config) // the side that writes it
	payload func([]byte)            // decrypted
	message func([]byte) []byte     // as it arrives
	highest byte                    // of the receiver
}

func (m *messageMaker) add(comment string, class reference.Error, x malice) {
	m.t.Helper()
	sender, receiver := m.initiator, m.responder
	if m.index == 1 {
		sender, receiver = receiver, sender
	}
	sender.Lenient = true
	if x.sender != nil {
		x.sender(&sender)
	}
	if x.highest != 0 {
		receiver.Highest = x.highest
	}
	from, to := reference.NewHandshake(sender), reference.NewHandshake(receiver)
	for i := range m.index {
		writer, reader := to, from
		if (i == 1) == (m.index == 1) {
			writer, reader = from, to
		}
		readRef(m.t, reader, writer.Write())
	}
	payload := bytes.Clone(from.Payload())
	if x.payload != nil {
		x.payload(payload)
	}
	message := from.WritePayload(payload)
	if x.message != nil {
		message = x.message(message)
	}
	if err := to.Read(message); !isClass(err, class) {
		m.t.Fatalf("%s: %v", comment, err)
	}
	m.made = append(m.made, malformedMessage{comment, m.index + 1, x.highest, message, string(class)})
}

// putAt returns a change of a payload.
func putAt(offset int, b ...byte) func([]byte) {
	return func(payload []byte) { copy(payload[offset:], b) }
}

func flipAt(offset int) func([]byte) []byte {
	return func(m []byte) []byte { m[offset] ^= 1; return m }
}

func cutTo(n int) func([]byte) []byte {
	return func(m []byte) []byte { return m[:n] }
}

func lengthen(m []byte) []byte { return append(m, 0) }

// badPoints are the points that are not acceptable, by what is wrong with them.
func badPoints() map[string][]byte {
	points := map[string][]byte{"the prime": oddPoints()[0], "9 and the prime": oddPoints()[1], "bit 255 set": oddPoints()[2]}
	for i, name := range []string{"0", "1", "the prime less 1", "of order 8", "of order 8, the other"} {
		points[name] = reference.SmallOrderPoints()[i]
	}
	return points
}

// Their names, in a fixed order.
var badPointNames = []string{
	"0", "1", "the prime less 1", "of order 8", "of order 8, the other", "the prime", "9 and the prime", "bit 255 set",
}

// badIdentities adds the messages whose sender is not who its static key and the
// certificate, at an offset in the payload, say.
func badIdentities(m *messageMaker, prefix string, receiver reference.Config, certificate int) {
	m.t.Helper()
	smallStatics(m, prefix, receiver.Ephemeral)
	m.add(prefix+"static key not canonical", reference.ErrMalformed, malice{sender: notCanonicalStatic})
	m.add(prefix+"static key of the receiver", reference.ErrIdentity, malice{sender: func(c *reference.Config) {
		c.Identity = receiver.Identity
	}})
	m.add(prefix+"static key of the receiver, the sender's certificate", reference.ErrIdentity,
		malice{sender: func(c *reference.Config) {
			c.Identity.StaticPrivate, c.Identity.StaticPublic = receiver.Identity.StaticPrivate, receiver.Identity.StaticPublic
		}})
	m.add(prefix+"identity key of somebody else", reference.ErrIdentity, malice{sender: somebodyElse})
	badCertificates(m, prefix, certificate)
}

func malformedMessages1(t *testing.T, initiator, responder reference.Config) []malformedMessage {
	t.Helper()
	m := &messageMaker{t: t, initiator: initiator, responder: responder}
	m.add("message 1: empty", reference.ErrMalformed, malice{message: cutTo(0)})
	m.add("message 1: 32 bytes", reference.ErrMalformed, malice{message: cutTo(32)})
	m.add("message 1: 33 bytes, version in use", reference.ErrMalformed, malice{message: cutTo(33)})
	m.add("message 1: 33 bytes, another version", reference.ErrVersion, malice{payload: putAt(0, 3), message: cutTo(33)})
	m.add("message 1: one byte short", reference.ErrMalformed, malice{message: cutTo(reference.Message1Size - 1)})
	m.add("message 1: one byte long", reference.ErrMalformed, malice{message: lengthen})
	m.add("message 1: version 1", reference.ErrVersion, malice{payload: putAt(0, 1)})
	m.add("message 1: version 0, and one byte long", reference.ErrVersion, malice{payload: putAt(0, 0), message: lengthen})
	for _, name := range badPointNames {
		m.add("message 1: ephemeral key "+name, reference.ErrMalformed, malice{sender: func(c *reference.Config) {
			c.EphemeralPublic = badPoints()[name]
		}})
	}
	m.add("message 1: highest version below the one in use", reference.ErrMalformed, malice{payload: putAt(1, 1)})
	m.add("message 1: highest versions above the one in use", reference.ErrDowngrade, malice{payload: putAt(1, 4), highest: 3})
	m.add("message 1: first coefficient of the encapsulation key 3329", reference.ErrMalformed,
		malice{payload: putAt(6, 0x01, 0xfd)})
	m.add("message 1: last coefficient of the encapsulation key 4095", reference.ErrMalformed,
		malice{payload: putAt(6+1150, 0xf0, 0xff)})
	return m.made
}

func malformedMessages2(t *testing.T, initiator, responder reference.Config) []malformedMessage {
	t.Helper()
	m := &messageMaker{t: t, initiator: initiator, responder: responder, index: 1}
	m.add("message 2: empty", reference.ErrMalformed, malice{message: cutTo(0)})
	m.add("message 2: one byte short", reference.ErrMalformed, malice{message: cutTo(reference.Message2Size - 1)})
	m.add("message 2: one byte long", reference.ErrMalformed, malice{message: lengthen})
	for _, name := range []string{"0", "of order 8", "bit 255 set"} {
		m.add("message 2: ephemeral key "+name, reference.ErrMalformed, malice{sender: func(c *reference.Config) {
			c.EphemeralPublic = badPoints()[name]
		}})
	}
	for _, f := range []field{
		{name: "ephemeral key", offset: 0},
		{name: "static key", offset: 32},
		{name: "tag of the static key", offset: 79},
		{name: "payload", offset: 80},
		{name: "tag of the payload", offset: reference.Message2Size - 1},
	} {
		m.add("message 2: bit changed in the "+f.name, reference.ErrDecrypt, malice{message: flipAt(f.offset)})
	}
	m.add("message 2: prologue with another peer ID", reference.ErrDecrypt, malice{sender: func(c *reference.Config) {
		c.LocalID = []byte("somebody else")
	}})
	m.add("message 2: prologue with another version", reference.ErrDecrypt, malice{sender: func(c *reference.Config) {
		c.Version = 3
	}})
	badIdentities(m, "message 2: ", initiator, 1088)
	m.add("message 2: hint 2", reference.ErrMalformed, malice{payload: putAt(1184, 2)})
	m.add("message 2: highest version below the one in use", reference.ErrMalformed, malice{payload: putAt(1185, 1)})
	m.add("message 2: highest versions above the one in use", reference.ErrDowngrade, malice{payload: putAt(1185, 3), highest: 4})
	badGenerations(m, "message 2: ", 1190)
	for _, name := range badPointNames {
		if name == "1" || name == "0" || name == "bit 255 set" {
			m.add("message 2: ratchet key "+name, reference.ErrMalformed, malice{payload: putAt(1198, badPoints()[name]...)})
		}
	}
	m.add("message 2: first coefficient of the ratchet encapsulation key 3329", reference.ErrMalformed,
		malice{payload: putAt(1230, 0x01, 0xfd)})
	return m.made
}

func malformedMessages3(t *testing.T, initiator, responder reference.Config) []malformedMessage {
	t.Helper()
	m := &messageMaker{t: t, initiator: initiator, responder: responder, index: 2}
	m.add("message 3: empty", reference.ErrMalformed, malice{message: cutTo(0)})
	m.add("message 3: one byte short", reference.ErrMalformed, malice{message: cutTo(reference.Message3Size - 1)})
	m.add("message 3: one byte long", reference.ErrMalformed, malice{message: lengthen})
	for _, f := range []field{
		{name: "static key", offset: 0},
		{name: "tag of the static key", offset: 47},
		{name: "payload", offset: 48},
		{name: "tag of the payload", offset: reference.Message3Size - 1},
	} {
		m.add("message 3: bit changed in the "+f.name, reference.ErrDecrypt, malice{message: flipAt(f.offset)})
	}
	badIdentities(m, "message 3: ", responder, 0)
	m.add("message 3: hint 255", reference.ErrMalformed, malice{payload: putAt(96, 255)})
	badGenerations(m, "message 3: ", 97)
	return m.made
}
