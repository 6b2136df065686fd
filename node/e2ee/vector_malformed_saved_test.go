package e2ee_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// malformedSavedSessions are what the right key has sealed wrongly, and what no
// key opens.
func malformedSavedSessions(t *testing.T) []malformedSaved {
	t.Helper()
	var made []malformedSaved
	random := reference.NewRandom("onionwire vector: malformed saved sessions")
	key, context := random.Bytes(32), []byte("sessions/7")
	add := func(comment string, class reference.Error, saved []byte) {
		t.Helper()
		if _, err := reference.Load(nil, saved, key, context); !isClass(err, class) {
			t.Fatalf("%s: %v", comment, err)
		}
		made = append(made, malformedSaved{Comment: comment, Key: key, Context: context, Saved: saved, Error: string(class)})
	}
	save := func(state []byte, version byte) []byte {
		return reference.SaveState(nil, reference.RawState(state), key, context, random.Bytes(24), version)
	}
	c := newConversation(t)
	responder, initiator := c.b.State(2), c.a.State(2)
	versionOne := c.b.State(1)
	c.b.Skipped = []reference.SkippedChain{{HK: random.Bytes(32), Keys: []reference.SkippedKey{
		{N: 4, Put: vectorNow, Key: random.Bytes(32)}, {N: 6, Put: vectorNow, Key: random.Bytes(32)},
	}}}
	skipped := c.b.State(2)
	chains := len(responder) - 1 // where their number stands

	good := save(responder, 2)
	add("empty", reference.ErrSaved, []byte{})
	add("only a state version", reference.ErrSaved, []byte{2})
	add("only a newer state version", reference.ErrNewer, []byte{3})
	add("one byte below the smallest length", reference.ErrSaved, good[:40])
	add("state version 0, the state as in version 1", reference.ErrSaved, save(versionOne, 0))
	add("state version 0, the state as in version 2", reference.ErrSaved, save(responder, 0))
	add("newer state version", reference.ErrNewer, save(responder, 3))
	relabelled := bytes.Clone(good)
	relabelled[0] = 1
	add("saved as version 2, said to be version 1", reference.ErrSaved, relabelled)
	add("state of version 2 saved as version 1", reference.ErrSaved, save(responder, 1))
	add("cut", reference.ErrSaved, good[:len(good)-1])
	add("lengthened", reference.ErrSaved, append(bytes.Clone(good), 0))
	add("in another context", reference.ErrSaved,
		reference.SaveState(nil, reference.RawState(responder), key, []byte("sessions/8"), random.Bytes(24), 2))
	add("under another key", reference.ErrSaved,
		reference.SaveState(nil, reference.RawState(responder), random.Bytes(32), context, random.Bytes(24), 2))

	change := func(comment string, state []byte, offset int, b ...byte) {
		t.Helper()
		state = bytes.Clone(state)
		copy(state[offset:], b)
		add(comment, reference.ErrSaved, save(state, 2))
	}
	change("role 0", responder, 0, 0)
	change("role 3", responder, 0, 3)
	change("unknown flag", responder, 1, 1+4+8)
	change("responder not confirmed", responder, 1, 1)
	change("role initiator, without receiving chain", responder, 0, 1)
	change("generation 0", responder, 38, make([]byte, 8)...)
	change("used after 2^63 seconds", responder, 46, 0x80)
	change("flag of a chain that is not there", responder, 1, 1+2+4)
	add("neither chain", reference.ErrSaved, save(slices.Concat(
		responder[:1], []byte{4}, responder[2:186], responder[chains:]), 2))
	change("ratchet key of the receiving chain of small order", initiator, 186+64, make([]byte, 32)...)
	change("ratchet key of the receiving chain not canonical", initiator, 186+64, badPoints()["9 and the prime"]...)
	change("encapsulation key of the receiving chain not reduced", initiator, 186+64+32, 0xff, 0xff)
	add("state cut", reference.ErrSaved, save(responder[:chains], 2))
	add("state lengthened", reference.ErrSaved, save(append(bytes.Clone(responder), 0), 2))
	add("empty state", reference.ErrSaved, save(nil, 2))
	change("a chain that is not there", responder, chains, 1)
	nine := c.b.Clone()
	for len(nine.Skipped) <= reference.MaxSkippedChains {
		chain := c.b.Skipped[0]
		chain.HK = random.Bytes(32)
		nine.Skipped = append(nine.Skipped, chain)
	}
	add("9 chains", reference.ErrSaved, save(nine.State(2), 2))
	nine.Skipped = []reference.SkippedChain{{HK: random.Bytes(32)}}
	add("a chain without keys", reference.ErrSaved, save(nine.State(2), 2))
	change("a chain with 1,025 keys, of which two are there", skipped, chains+1+32+8, 4, 1)
	change("two keys of one cell", skipped, chains+43+44, 0, 0, 0, 4)
	change("keys in descending order", skipped, chains+43+44, 0, 0, 0, 3)
	change("a key put there after 2^63 seconds", skipped, chains+43+4, 0x80)

	long := func(comment string, class reference.Error, chains, keys int) {
		t.Helper()
		v := malformedSaved{
			Comment: comment, Key: key, Context: context, Error: string(class),
			Nonce: random.Bytes(24), StateStart: responder[:len(responder)-1], Chains: chains, Keys: keys,
		}
		saved := v.bytes()
		if _, err := reference.Load(nil, saved, key, context); !isClass(err, class) {
			t.Fatalf("%s: %v", comment, err)
		}
		v.SHA256 = digest(saved)
		made = append(made, v)
	}
	long("as many keys in one chain as may be", "", 1, reference.MaxSkippedInChain)
	long("one key too many in a chain", reference.ErrSaved, 1, reference.MaxSkippedInChain+1)
	long("as many keys as may be in all", "", 2, reference.MaxSkippedInChain)
	long("one key too many in all", reference.ErrSaved, 3, reference.MaxSkipped/3+1)
	long("as many chains as may be", "", reference.MaxSkippedChains, 1)
	return made
}
