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
	// ErrMalformed: a length, a value or a point is not what the layout allows.
	ErrMalformed = errors.New("e2ee: malformed message")
	// ErrDecrypt: authentication of a ciphertext failed: it was changed, it is a
	// replay or out of order, or the sides disagree about keys or prologue.
	ErrDecrypt = errors.New("e2ee: decryption failed")
	// ErrIdentity: the peer is somebody other than the one expected, or ourselves.
	ErrIdentity = errors.New("e2ee: not the expected identity")
	// ErrCertificate: the expected identity did not sign the peer's static key.
	ErrCertificate = errors.New("e2ee: bad certificate signature")
	// ErrTooLarge: the content is longer than MaxContent.
	ErrTooLarge = errors.New("e2ee: content too large")
	// ErrExhausted: MaxCells cells went in this direction; handshake anew.
	ErrExhausted = errors.New("e2ee: session exhausted")
)
