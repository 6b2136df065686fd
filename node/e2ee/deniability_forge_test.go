package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// forge makes the transcript of a conversation between Bob and Alice that never
// was, with the words of the script, and the secrets that Bob discloses with it.
//
// All that it knows is in its arguments: Bob's secrets, what is public of Alice,
// and random bytes of its own.
func forge(t *testing.T, bob reference.Config, alice publicAlice, aliceCalls bool, script words, random *reference.Random) (transcript, secretsOfBob) {
	t.Helper()
	return forgeFrom(t, bob, alice, aliceCalls, script, puppetBytes{
		ephemeral:     random.Bytes(32),
		kemSeed:       random.Bytes(64),
		encapsulation: random.Bytes(32),
		ratchetX:      random.Bytes(32),
		ratchetSeed:   random.Bytes(64),
		cells:         random,
	})
}

// puppetBytes are the random bytes that Alice would have drawn, had she been
// there. The forger draws them in her place; for the cells, also Bob's.
type puppetBytes struct {
	ephemeral             []byte
	kemSeed               []byte // if she calls
	encapsulation         []byte // if she is called
	ratchetX, ratchetSeed []byte // if she is called
	cells                 *reference.Random
}

func forgeFrom(t *testing.T, bob reference.Config, alice publicAlice, aliceCalls bool, script words, b puppetBytes) (transcript, secretsOfBob) {
	t.Helper()
	// The puppet says what Alice would say. All of Alice's keys but one are made
	// for the occasion, and thrown away afterwards, as she would.
	//
	// The one is her static key. It takes part in one exchange only, with Bob's
	// ephemeral key; and an exchange has two ends. Alice would use her static
	// private key and Bob's public one. The forger uses Bob's ephemeral private key
	// and her public one, and gets the same.
	puppet := reference.NewHandshake(reference.Config{
		Trace:     bob.Trace,
		Initiator: aliceCalls,
		Identity: reference.Identity{
			Public:       alice.identityKey[:],
			Signature:    alice.signature[:], // copied: it fits every conversation
			StaticPublic: alice.static[:],
		},
		RemoteScalar: bob.Ephemeral,
		LocalID:      alice.peerID, RemoteID: bob.LocalID, RemoteKey: bob.Identity.Public,
		Ephemeral: b.ephemeral, KEMSeed: b.kemSeed, Encapsulation: b.encapsulation,
		RatchetX: b.ratchetX, RatchetSeed: b.ratchetSeed,
	})
	himself := reference.NewHandshake(bob)

	tr := transcript{aliceCalls: aliceCalls}
	for i := range tr.messages {
		from, to := himself, puppet
		if tr.fromAlice(i) {
			from, to = puppet, himself
		}
		tr.messages[i] = from.Write()
		if err := to.Read(tr.messages[i]); err != nil {
			t.Fatal(err)
		}
	}

	// From here on the forger is two people who talk to each other.
	disclosed := secretsOfBob{config: bob}
	alices, bobs := puppet.Session(), himself.Session()
	for _, w := range script {
		from, to := bobs, alices
		if w.alice {
			from, to = alices, bobs
		}
		draw := b.cells.Draw(from, b.cells)
		cell, _, err := from.Seal([]byte(w.content), draw)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Open(cell, uint64(now.Unix())); err != nil {
			t.Fatal(err)
		}
		if tr.cells = append(tr.cells, deniableCell{w.alice, cell}); !w.alice {
			disclosed.draws = append(disclosed.draws, draw)
		}
	}
	return tr, disclosed
}

// fromAlice tells who has written the message at index i of the handshake.
func (tr transcript) fromAlice(i int) bool { return tr.aliceCalls == (i%2 == 0) }

// all returns the whole transcript as one string.
func (tr transcript) all() []byte {
	var b []byte
	for _, m := range tr.messages {
		b = append(b, m...)
	}
	for _, c := range tr.cells {
		b = append(b, c.bytes...)
	}
	return b
}

// lastOf returns the last cell of one of the two.
func (tr transcript) lastOf(alice bool) (cell []byte) {
	for _, c := range tr.cells {
		if c.alice == alice {
			cell = c.bytes
		}
	}
	return cell
}

// lastStep returns the random bytes of Bob's last ratchet step.
func (s secretsOfBob) lastStep() (draw *reference.Draw) {
	for i := range s.draws {
		if s.draws[i].X != nil {
			draw = &s.draws[i]
		}
	}
	return draw
}
