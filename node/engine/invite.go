package engine

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/ledger"
)

// NewInvite makes an invite. It fails with ErrQueueFull if there are MaxInvites, and with
// ErrInvalid if the note has more than MaxNote characters or is not UTF-8.
func (e *Engine) NewInvite(now time.Time, note string, expires time.Time) (ledger.Invite, error) {
	if !utf8.ValidString(note) || utf8.RuneCountInString(note) > MaxNote {
		return ledger.Invite{}, fmt.Errorf("%w: a note of %d bytes", ErrInvalid, len(note))
	}
	all := slices.SortedFunc(maps.Values(e.invites), func(a, b ledger.Invite) int {
		return bytes.Compare(a.Token[:], b.Token[:])
	})
	for _, old := range all {
		if !e.invited(now, old.Token[:]) {
			e.dropInvite(old.Token)
		}
	}
	if len(e.invites) >= MaxInvites {
		return ledger.Invite{}, ErrQueueFull
	}
	invite := ledger.Invite{Note: note, Added: now, Expires: expires}
	if err := e.random(invite.Token[:]); err != nil {
		return ledger.Invite{}, err
	}
	e.invites[invite.Token] = invite
	e.change(ledger.PutInvite{Invite: invite})
	return invite, nil
}

// DropInvite withdraws an invite. It fails with ErrNotFound.
func (e *Engine) DropInvite(token [16]byte) error {
	if _, ok := e.invites[token]; !ok {
		return fmt.Errorf("%w: invite", ErrNotFound)
	}
	e.dropInvite(token)
	return nil
}

func (e *Engine) dropInvite(token [16]byte) {
	delete(e.invites, token)
	e.change(ledger.DropInvite{Token: token})
}

// invited reports whether a token is that of an invite which is open.
func (e *Engine) invited(now time.Time, token []byte) bool {
	if len(token) != len(ledger.Invite{}.Token) {
		return false
	}
	invite, ok := e.invites[[16]byte(token)]
	return ok && (invite.Expires.IsZero() || now.Before(invite.Expires))
}

// redeem uses an invite up.
func (e *Engine) redeem(now time.Time, token []byte) bool {
	if !e.invited(now, token) {
		return false
	}
	e.dropInvite([16]byte(token))
	return true
}
