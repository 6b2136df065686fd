package filecrypt

import "errors"

// What callers may match with errors.Is. None of them carries keys or contents.
var (
	// ErrTooLarge: the file is larger than MaxSize.
	ErrTooLarge = errors.New("filecrypt: file too large")
	// ErrMalformed: a length is wrong, the file has no such chunk, or its padding
	// is not zero.
	ErrMalformed = errors.New("filecrypt: malformed")
	// ErrDecrypt: authentication failed: the chunk was changed, or belongs to
	// another place, file or size.
	ErrDecrypt = errors.New("filecrypt: decryption failed")
	// ErrClosed: the keys are gone.
	ErrClosed = errors.New("filecrypt: closed")
)
