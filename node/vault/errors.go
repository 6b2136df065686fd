package vault

import (
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/durable"
)

var (
	// ErrPassphrase means that the passphrase is not the one that the key file
	// was sealed under. A file that was forged with care looks the same.
	ErrPassphrase = errors.New("wrong passphrase")
	// ErrPassphraseNeeded means that the key file is sealed and no passphrase was
	// given.
	ErrPassphraseNeeded = errors.New("key file needs a passphrase")
	// ErrUnprotected means that a passphrase was given and the key file has none.
	// Opening it all the same would let whoever can replace the file choose the
	// keys.
	ErrUnprotected = errors.New("key file has no passphrase")
	// ErrDamaged means that the file is not a key file, or was changed.
	ErrDamaged = errors.New("key file is damaged")
	// ErrNewer means that a newer version of this program wrote the file.
	ErrNewer = errors.New("key file was written by a newer version")
	// ErrPermissions means that other users have access to the file or to its
	// folder. The message names the command that repairs it.
	ErrPermissions = durable.ErrPermissions
	// ErrReadOnly means that the folder or the file cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrFull means that the disk is full.
	ErrFull = durable.ErrFull

	// ErrWordCount means that a master secret was not given as 24 words.
	ErrWordCount = fmt.Errorf("there must be %d words", WordCount)
	// ErrWordChecksum means that all words are in the list and do not belong
	// together: one of them is another one, or two are swapped.
	ErrWordChecksum = errors.New("the words do not belong together: one is wrong, or two are swapped")

	errWiped = errors.New("vault: keys were wiped")
)

// WordError says which word is not in the list, counted from 1. The word is not in
// it: all others are most likely right.
type WordError struct{ Word int }

func (e *WordError) Error() string { return fmt.Sprintf("word %d is not in the list", e.Word) }
