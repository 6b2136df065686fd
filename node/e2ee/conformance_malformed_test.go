package e2ee_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// field is a part of a message or payload, and what a test puts there.
type field struct {
	name           string
	offset, length int
}

var payloadFields = [3][]field{
	{{"version", 0, 1}, {"highest version", 1, 1}, {"features", 2, 4}, {"encapsulation key", 6, 1184}},
	{
		{"ciphertext", 0, 1088},
		{"identity key", 1088, 32},
		{"signature", 1120, 64},
		{"hint", 1184, 1},
		{"highest version", 1185, 1},
		{"features", 1186, 4},
		{"generation", 1190, 8},
		{"ratchet point", 1198, 32},
		{"ratchet encapsulation key", 1230, 1184},
	},
	{{"identity key", 0, 32}, {"signature", 32, 64}, {"hint", 96, 1}, {"generation", 97, 8}},
}

// drawField returns something to stand in a field of n bytes.
func drawField(t *rapid.T, n int) []byte {
	values := []*rapid.Generator[[]byte]{
		rapid.SliceOfN(rapid.Byte(), n, n),
		rapid.Just(make([]byte, n)),
		rapid.Just(bytes.Repeat([]byte{0xff}, n)),
	}
	if n == 1 {
		values = append(values, rapid.SliceOfN(rapid.ByteRange(0, 4), 1, 1))
	}
	if n == 8 {
		values = append(values, rapid.SampledFrom([][]byte{
			{0x80, 0, 0, 0, 0, 0, 0, 0}, {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {0, 0, 0, 0, 0, 0, 0, 9},
		}))
	}
	if n == 32 {
		values = append(values, rapid.SampledFrom(reference.SmallOrderPoints()), rapid.SampledFrom(oddPoints()))
	}
	return rapid.OneOf(values...).Draw(t, "value")
}

// oddPoints are no canonical encodings of points, but the last.
func oddPoints() [][]byte {
	prime := bytes.Repeat([]byte{0xff}, 32)
	prime[0], prime[31] = 0xed, 0x7f
	nine := slices.Clone(prime) // 9 and the prime
	nine[0] += 9
	highBit := make([]byte, 32)
	highBit[0], highBit[31] = 9, 0x80
	below := slices.Clone(prime)
	below[0] -= 2 // which is a point like any other
	return [][]byte{prime, nine, highBit, below}
}

// A peer that holds the right keys and writes what it likes is refused by both
// implementations for the same reason, or by neither.
func TestConformanceOfRefusals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		initiator, responder := reference.NewRandom("refusals").Configs(nil)
		initiator.Lenient, responder.Lenient = true, true // what they read is in order
		wrong := rapid.IntRange(0, 2).Draw(t, "message")
		writer, reader := &initiator, &responder
		if wrong == 1 {
			writer, reader = reader, writer
		}
		switch rapid.IntRange(0, 5).Draw(t, "keys") {
		case 0:
			if wrong < 2 { // the third has none
				writer.EphemeralPublic = drawField(t, 32)
			}
		case 1:
			writer.StaticPublic = drawField(t, 32)
		case 2:
			notCanonicalStatic(writer)
		case 3:
			writer.Identity.StaticPrivate = reader.Identity.StaticPrivate
			writer.Identity.StaticPublic = reader.Identity.StaticPublic
		}
		reader.Lenient = false
		reader.Highest = byte(rapid.IntRange(2, 4).Draw(t, "own highest version"))

		real := newReal(t, *reader, newChance("after"))
		ref, peer := reference.NewHandshake(*reader), reference.NewHandshake(*writer)
		for i := range wrong {
			if (i == 1) == (wrong == 1) {
				readRef(t, ref, peer.Write())
				readReal(t, real, peer.Messages[i])
				continue
			}
			m := write(t, real)
			if !bytes.Equal(m, ref.Write()) {
				t.Fatalf("message %d differs", i+1)
			}
			readRef(t, peer, m)
		}
		payload := slices.Clone(peer.Payload())
		for range rapid.IntRange(0, 2).Draw(t, "fields") {
			f := rapid.SampledFrom(payloadFields[wrong]).Draw(t, "field")
			copy(payload[f.offset:], drawField(t, f.length))
		}
		m := peer.WritePayload(payload)
		switch rapid.IntRange(0, 9).Draw(t, "message") {
		case 0:
			m[rapid.IntRange(0, len(m)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "change")
		case 1:
			m = m[:rapid.IntRange(0, len(m)-1).Draw(t, "length")]
		case 2:
			m = append(m, 0)
		}
		wantClass(t, real.Read(m), ref.Read(m))
	})
}
