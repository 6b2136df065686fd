package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// Goal "confidentiality": who has recorded everything and has no key reads
// nothing, neither contents nor headers nor identities.
func TestRecorderReadsNothing(t *testing.T) {
	eachOverheard(t, func(o *overheard) {
		o.wantReads("a recorder", o.none(), o.none(), false)
	})
}

// Goal "secrecy from future quantum computers": every X25519 private key that
// was ever used, the static ones included, opens no cell, and no header. The
// certificates it does open, as the document says.
func TestEveryX25519KeyReadsNoCell(t *testing.T) {
	eachOverheard(t, func(o *overheard) {
		o.wantReads("who breaks X25519", o.none(), o.none(), true, o.trace.X25519Secrets())
		o.wantReads("who breaks X25519 and has both seeds", o.none(), o.none(), true, o.trace.X25519Secrets(), o.seeds)
	})
}

// Goal "secrecy from a break of ML-KEM": the same with the roles exchanged.
func TestEveryMLKEMKeyReadsNothing(t *testing.T) {
	eachOverheard(t, func(o *overheard) {
		o.wantReads("who breaks ML-KEM", o.none(), o.none(), false, o.trace.KEMSecrets())
		o.wantReads("who breaks ML-KEM and has both seeds", o.none(), o.none(), false, o.trace.KEMSecrets(), o.seeds)
	})
}

// The adversary of these tests is not blind: who has both kinds of keys reads
// everything.
func TestAllKeysTogetherReadEverything(t *testing.T) {
	eachOverheard(t, func(o *overheard) {
		o.wantReads("who breaks both", o.all(), o.all(), true, o.trace.X25519Secrets(), o.trace.KEMSecrets())
	})
}

// Goal "forward secrecy between sessions": identity seeds that are stolen later
// open nothing that was recorded before, not even certificates.
func TestSeedsReadNothing(t *testing.T) {
	eachOverheard(t, func(o *overheard) {
		o.wantReads("who has both seeds", o.none(), o.none(), false, o.seeds)
	})
}

// Two sessions of the same two people have nothing in common: all that is known
// of one, and the seeds, open nothing of the other.
func TestOneSessionTellsNothingOfAnother(t *testing.T) {
	first := overhear(t, t.Name())
	first.wander(1, 40)
	border := len(first.trace.Calls)
	second := first.again()
	second.wander(2, 40)

	calls := first.trace.Calls
	for _, c := range []struct {
		known    reference.Trace
		this     *overheard
		other    *overheard
		describe string
	}{
		{reference.Trace{Calls: calls[:border]}, first, second, "who knows all of the first session"},
		{reference.Trace{Calls: calls[border:]}, second, first, "who knows all of the second session"},
	} {
		secrets := append(c.known.X25519Secrets(), c.known.KEMSecrets()...)
		for _, stolen := range c.this.thefts {
			secrets = append(secrets, stolen.secrets...)
		}
		c.this.wantReads(c.describe, c.this.all(), c.this.all(), true, secrets, first.seeds)
		c.other.wantReads(c.describe, c.other.none(), c.other.none(), false, secrets, first.seeds)
	}
}

// wantReads checks what somebody reads who knows these secrets and has recorded
// all traffic: which contents, which headers, and whether the encrypted payloads
// of the handshake.
func (o *overheard) wantReads(who, contents, headers string, payloads bool, secrets ...[][]byte) {
	o.tb.Helper()
	found := o.from(secrets...)
	if got := o.contents(found); got != contents {
		o.tb.Errorf("%s reads the contents\n%s, want\n%s", who, got, contents)
	}
	if got := o.headers(found); got != headers {
		o.tb.Errorf("%s reads the headers\n%s, want\n%s", who, got, headers)
	}
	for i, p := range o.payloads[1:] {
		if got := found.Has(p); got != payloads {
			o.tb.Errorf("%s reads payload %d: %v, want %v", who, i+2, got, payloads)
		}
	}
}
