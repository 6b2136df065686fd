package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// Bob goes to a judge with the transcript of a conversation. He says that Alice
// wrote half of it, and gives the judge all his secrets, so that everything in
// it can be opened and checked. What has he proven?
//
// Nothing. The files deniability_*_test.go are this argument as a program:
//
//   - forge, in deniability_forge_test.go, makes such a transcript without
//     Alice. Its arguments are Bob's secrets and what every contact of Alice's
//     has of her: her peer ID, her certificate and her static public key.
//   - judge, in deniability_judge_test.go, makes every check that can be made
//     with all that Bob has. It accepts genuine and forged transcripts alike.
//   - And no better judge can do otherwise. Forger and Alice are the same
//     function from random bytes to transcripts, byte for byte; so if the bytes
//     are random, so alike are the transcripts.
//
// Bob may have been called by Alice, or have called her. Where one of the two
// matters, the tests run with both.

// words is what is said: who says it, true for Alice, and what.
type words []struct {
	alice   bool
	content string
}

// alibi has several ratchet steps and several cells to a chain.
var alibi = words{
	{true, "I was at home that evening"},
	{true, "alone"},
	{false, "and the car?"},
	{true, "I lent it to you"},
	{false, "you did not"},
	{false, "did you?"},
	{true, strings.Repeat("no. ", 1000)},
	{false, ""},
	{true, "yes"},
}

// confession is what Bob would like the judge to believe.
var confession = words{
	{false, "was it you?"},
	{false, "you can tell me"},
	{true, "it was me"},
	{false, "why?"},
	{true, "for the money"},
	{true, "do not tell anybody"},
	{false, "I will not"},
}

// transcript is what passed between two people, in its order.
type transcript struct {
	aliceCalls bool
	messages   [3][]byte
	cells      []deniableCell
}

type deniableCell struct {
	alice bool
	bytes []byte
}

// secretsOfBob is all that Bob ever had, which he keeps from nobody now: his
// identity seed and all random bytes that he used.
type secretsOfBob struct {
	config reference.Config
	draws  []reference.Draw // one for each of his cells
}

// publicAlice is what every contact of Alice's has of her. There is no room in
// it for a secret.
type publicAlice struct {
	peerID      []byte
	identityKey [ed25519.PublicKeySize]byte
	signature   [ed25519.SignatureSize]byte
	static      [32]byte
}

// publish returns what Alice gives away of herself in every handshake.
func publish(peerID []byte, alice reference.Identity) publicAlice {
	return publicAlice{
		peerID:      peerID,
		identityKey: [32]byte(alice.Public),
		signature:   [64]byte(alice.Signature),
		static:      [32]byte(alice.StaticPublic),
	}
}

// cast is the two people and their random bytes, which follow from a text.
type cast struct {
	alice, bob reference.Config
	trace      *reference.Trace
	random     *reference.Random // of both, for cells
}

func newCast(text string, aliceCalls bool) cast {
	c := cast{trace: &reference.Trace{}, random: reference.NewRandom(text)}
	if aliceCalls {
		c.alice, c.bob = c.random.Configs(c.trace)
	} else {
		c.bob, c.alice = c.random.Configs(c.trace)
	}
	c.bob.Hint = true
	return c
}

func (c cast) public() publicAlice { return publish(c.alice.LocalID, c.alice.Identity) }

// talk is the conversation in which both take part, by their real programs.
func (c cast) talk(t *testing.T, script words) (transcript, secretsOfBob) {
	t.Helper()
	o := &overheard{tb: t, trace: c.trace, random: c.random}
	alice, bob, configs := 0, 1, []reference.Config{c.alice, c.bob}
	if !c.alice.Initiator {
		alice, bob, configs = 1, 0, []reference.Config{c.bob, c.alice}
	}
	o.begin(configs[0], configs[1])
	tr := transcript{aliceCalls: c.alice.Initiator, messages: o.messages}
	for i, w := range script {
		side := bob
		if w.alice {
			side = alice
		}
		o.say(side, []byte(w.content))
		o.deliver(i)
		tr.cells = append(tr.cells, deniableCell{w.alice, o.cells[i].bytes})
	}
	return tr, secretsOfBob{config: c.bob, draws: o.sides[bob].draws}
}

// directions are who calls whom, by whether it is Alice who calls.
var directions = map[string]bool{"Alice calls": true, "Bob calls": false}

func TestJudgeAcceptsGenuineAndForgedAlike(t *testing.T) {
	for name, aliceCalls := range directions {
		t.Run(name, func(t *testing.T) {
			c := newCast(t.Name(), aliceCalls)
			genuine, disclosed := c.talk(t, alibi)
			if err := judge(t, genuine, disclosed, c.public(), alibi); err != nil {
				t.Errorf("the judge refuses what was said: %v", err)
			}
			randomOfForger := reference.NewRandom(t.Name() + "/forger")
			forged, disclosed := forge(t, c.bob, c.public(), aliceCalls, confession, randomOfForger)
			if err := judge(t, forged, disclosed, c.public(), confession); err != nil {
				t.Errorf("the judge refuses what was not said: %v", err)
			}
		})
	}
}

// The judge is not blind.
func TestJudgeRefusesWhatIsBroken(t *testing.T) {
	for name, aliceCalls := range directions {
		t.Run(name, func(t *testing.T) {
			c := newCast(t.Name(), aliceCalls)
			stranger := reference.NewIdentity(nil, bytes.Repeat([]byte{7}, 32))
			for name, breaks := range map[string]func(tr *transcript, s *secretsOfBob, a *publicAlice){
				"another certificate":    func(_ *transcript, _ *secretsOfBob, a *publicAlice) { a.identityKey = [32]byte(stranger.Public) },
				"another static key":     func(_ *transcript, _ *secretsOfBob, a *publicAlice) { a.static = [32]byte(stranger.StaticPublic) },
				"a changed cell of hers": func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.lastOf(true)[2400] ^= 1 },
				"a changed cell of his":  func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.lastOf(false)[2400] ^= 1 },
				"a changed header":       func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.lastOf(true)[30] ^= 1 },
				"two cells exchanged": func(tr *transcript, _ *secretsOfBob, _ *publicAlice) {
					tr.cells[0], tr.cells[1] = tr.cells[1], tr.cells[0]
				},
				"a cell left out":         func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.cells = tr.cells[1:] },
				"a changed message 1":     func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.messages[0][35] ^= 1 },
				"a changed message 2":     func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.messages[1][100] ^= 1 },
				"a changed message 3":     func(tr *transcript, _ *secretsOfBob, _ *publicAlice) { tr.messages[2][100] ^= 1 },
				"another seed of Bob's":   func(_ *transcript, s *secretsOfBob, _ *publicAlice) { s.config.Identity = stranger },
				"other random bytes":      func(_ *transcript, s *secretsOfBob, _ *publicAlice) { s.config.Ephemeral = stranger.Seed },
				"another ratchet key":     func(_ *transcript, s *secretsOfBob, _ *publicAlice) { s.lastStep().X = stranger.Seed },
				"another peer ID of hers": func(_ *transcript, _ *secretsOfBob, a *publicAlice) { a.peerID = []byte("somebody") },
			} {
				t.Run(name, func(t *testing.T) {
					genuine, disclosed := c.talk(t, alibi)
					public := c.public()
					breaks(&genuine, &disclosed, &public)
					if err := judge(t, genuine, disclosed, public, alibi); err == nil {
						t.Error("the judge accepts it")
					}
				})
			}
			certified := c.public()
			certified.signature = [64]byte(stranger.Signature)
			negligent := c.bob
			negligent.Lenient = true
			forged, disclosed := forge(t, negligent, certified, aliceCalls, confession, reference.NewRandom(t.Name()))
			if err := judge(t, forged, disclosed, certified, confession); err == nil {
				t.Error("the judge accepts a forgery with a certificate that Alice did not make")
			}
		})
	}
}

// Whatever Alice's program makes of some random bytes, the forger makes of the
// same random bytes. So nothing at all in a transcript depends on whether she
// took part.
func TestForgerAndAliceAreTheSameFunction(t *testing.T) {
	for name, aliceCalls := range directions {
		t.Run(name, func(t *testing.T) {
			for _, text := range []string{"some bytes", "other bytes", "more bytes"} {
				c := newCast(text, aliceCalls)
				genuine, _ := c.talk(t, alibi)
				c = newCast(text, aliceCalls) // the same random bytes from their beginning
				forged, _ := forgeFrom(t, c.bob, c.public(), aliceCalls, alibi, puppetBytes{
					ephemeral: c.alice.Ephemeral, kemSeed: c.alice.KEMSeed, encapsulation: c.alice.Encapsulation,
					ratchetX: c.alice.RatchetX, ratchetSeed: c.alice.RatchetSeed, cells: c.random,
				})
				if !bytes.Equal(genuine.all(), forged.all()) {
					t.Error("the forged transcript differs from the genuine one")
				}
			}
		})
	}
}

// A conversation holds two signatures, one of each person, each over the label
// and the signer's own static public key: no other name, no conversation, no
// time. The one of Alice is the same in all of them.
func TestSignaturesSayNothing(t *testing.T) {
	for name, aliceCalls := range directions {
		t.Run(name, func(t *testing.T) {
			c := newCast(t.Name(), aliceCalls)
			c.talk(t, alibi)
			wantSigned(t, c.trace, c.alice.Identity, c.bob.Identity)

			// The forger signs what Bob signs. Of Alice's secrets there is no trace.
			trace := &reference.Trace{}
			bob := c.bob
			bob.Trace, bob.Identity = trace, reference.NewIdentity(trace, bob.Identity.Seed)
			forge(t, bob, c.public(), aliceCalls, alibi, reference.NewRandom("forger"))
			wantSigned(t, trace, bob.Identity)
			for _, call := range trace.Calls {
				for _, v := range append(call.In, call.Out...) {
					for _, secret := range [][]byte{c.alice.Identity.Seed, c.alice.Identity.StaticPrivate} {
						if bytes.Contains(v.Bytes, secret) {
							t.Errorf("%s was called with a secret of Alice's as %s", call.Op, v.Name)
						}
					}
				}
			}
		})
	}
}

// wantSigned checks that these people have signed their static keys, in any
// order, and that nothing else was signed.
func wantSigned(t *testing.T, trace *reference.Trace, people ...reference.Identity) {
	t.Helper()
	signed := reference.Set{}
	calls := 0
	for _, call := range trace.Calls {
		if call.Op == reference.OpSign {
			signed.Add(append(bytes.Clone(call.In[0].Bytes), call.In[1].Bytes...))
			calls++
		}
	}
	if calls != len(people) {
		t.Errorf("%d signatures were made, want %d", calls, len(people))
	}
	for _, p := range people {
		if !signed.Has(append(bytes.Clone(p.Seed), signedStatic(p.StaticPublic)...)) {
			t.Error("somebody has not signed the own static key, or has signed more")
		}
	}
}
