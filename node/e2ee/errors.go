package e2ee

import "errors"

// What callers may match with errors.Is. None of them carries key material,
// contents or identities.
var (
	// ErrState: the call does not fit the state, such as Write when it is the
	// peer's turn, Session before the last message, or anything after a failure.
	ErrState = errors.New("e2ee: not possible in this state")
	// ErrVersion: the initiator speaks a version of the protocol we do not.
	ErrVersion = errors.New("e2ee: unknown protocol version")
	// ErrDowngrade: both sides speak a better version than the one in use, so
	// somebody in between has kept them from it.
	ErrDowngrade = errors.New("e2ee: protocol version was downgraded")
	// ErrMalformed: a length, a value or a point is not what the layout allows.
	ErrMalformed = errors.New("e2ee: malformed message")
	// ErrDecrypt: authentication of a ciphertext failed: it was changed, it
	// belongs to no session or no place in it, or the sides disagree about keys or
	// prologue. A cell of a session that was lost or erased is one, and one that was
	// opened so long ago that no key of its chain is left: it need not mean harm. If
	// it goes on, a new handshake helps.
	ErrDecrypt = errors.New("e2ee: decryption failed")
	// ErrRepeated: the cell's place was used before, or given up. Nothing is wrong
	// with that: whoever sends again what was not confirmed causes it. Once no key of
	// its chain is left, the same is ErrDecrypt.
	ErrRepeated = errors.New("e2ee: repeated cell")
	// ErrGap: the cell skips more than MaxJump cells. All later ones will too: only a
	// new handshake helps.
	ErrGap = errors.New("e2ee: too many cells are missing before this one")
	// ErrIdentity: the peer is somebody other than the one expected, or ourselves.
	ErrIdentity = errors.New("e2ee: not the expected identity")
	// ErrCertificate: the expected identity did not sign the peer's static key.
	ErrCertificate = errors.New("e2ee: bad certificate signature")
	// ErrTooLarge: the content is longer than MaxContent.
	ErrTooLarge = errors.New("e2ee: content too large")
	// ErrExhausted: the sending chain has 2^32-1 cells; only an answer from the
	// peer or a new handshake helps.
	ErrExhausted = errors.New("e2ee: chain exhausted")
	// ErrNoSession: there is no session under which a cell could be sealed.
	ErrNoSession = errors.New("e2ee: no usable session")
	// ErrSaved: a saved session was changed, belongs to another key or context, or
	// is not one.
	ErrSaved = errors.New("e2ee: not a saved session, or not under this key and context")
	// ErrNewer: a saved session was written by a newer version of this package.
	ErrNewer = errors.New("e2ee: saved session has a newer format")
)
