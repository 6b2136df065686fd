package contactlink

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/qrtext"
	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	label   = "onionwire-e2ee-2 contact link"
	version = 1

	keySize      = ed25519.PublicKeySize
	portSize     = 2
	checksumSize = 4
	fixedSize    = 2*keySize + portSize + checksumSize

	// maxContent bounds the short form to 830 characters, which a QR code that a
	// camera can read still holds; all fields that there are need less than half.
	maxContent = 511
)

// format is the short form. Its content is
// onion key ‖ identity key ‖ port ‖ fields ‖ checksum.
var format = qrtext.Format{Scheme: "onionwire", Version: version, MaxSize: maxContent}

// Types of fields.
const (
	fieldName      = 1
	fieldClientKey = 2
	fieldInvite    = 3
	// fieldOptional is the first type that may be skipped by who does not know it.
	fieldOptional = 128
)

// checksum finds mistakes of copying. It is over the version, too.
func checksum(content []byte) []byte {
	h := sha256.New()
	h.Write([]byte(label))
	h.Write([]byte{version})
	h.Write(content)
	return h.Sum(nil)[:checksumSize]
}

// content returns the content of the short form, of a link that Check lets pass.
func (l Link) content(identity ed25519.PublicKey) []byte {
	content := append(l.Onion.PublicKey(), identity...)
	content = binary.BigEndian.AppendUint16(content, l.Port)
	if l.Name != "" {
		content = appendField(content, fieldName, []byte(l.Name))
	}
	if l.ClientKey != [32]byte{} {
		content = appendField(content, fieldClientKey, l.ClientKey[:])
	}
	if l.Invite != [16]byte{} {
		content = appendField(content, fieldInvite, l.Invite[:])
	}
	return append(content, checksum(content)...)
}

func appendField(content []byte, kind byte, value []byte) []byte {
	return append(append(content, kind, byte(len(value))), value...)
}

// fromContent reads what content returns. Keys, port and name may still be such
// that Check objects.
func fromContent(content []byte) (Link, error) {
	if len(content) < fixedSize {
		return Link{}, fmt.Errorf("%w: it is too short", ErrMalformed)
	}
	body, sum := content[:len(content)-checksumSize], content[len(content)-checksumSize:]
	if !bytes.Equal(sum, checksum(body)) {
		return Link{}, ErrChecksum
	}
	var l Link
	if err := l.readFields(body[2*keySize+portSize:]); err != nil {
		return Link{}, err
	}
	var err error
	if l.Onion, err = onion.FromPublicKey(body[:keySize]); err != nil {
		return Link{}, fmt.Errorf("%w: onion key", ErrMalformed)
	}
	if l.Peer, err = peerID(body[keySize : 2*keySize]); err != nil {
		return Link{}, fmt.Errorf("%w: identity key", ErrMalformed)
	}
	l.Port = binary.BigEndian.Uint16(body[2*keySize:])
	return l, nil
}

// readFields reads type ‖ length ‖ value, as often as there is something.
func (l *Link) readFields(fields []byte) error {
	last := -1
	for len(fields) > 0 {
		if len(fields) < 2 || len(fields)-2 < int(fields[1]) {
			return fmt.Errorf("%w: a field is cut off", ErrMalformed)
		}
		kind, value := int(fields[0]), fields[2:][:fields[1]]
		fields = fields[2+len(value):]
		if kind <= last {
			return fmt.Errorf("%w: fields out of order", ErrMalformed)
		}
		last = kind
		if err := l.readField(kind, value); err != nil {
			return err
		}
	}
	return nil
}

func (l *Link) readField(kind int, value []byte) error {
	switch {
	case kind == fieldName && len(value) == 0:
		return fmt.Errorf("%w: the name is empty", ErrMalformed)
	case kind == fieldName:
		l.Name = string(value)
	case kind == fieldClientKey:
		return secret(l.ClientKey[:], value, "client key")
	case kind == fieldInvite:
		return secret(l.Invite[:], value, "invite")
	case kind < fieldOptional:
		return ErrNewer
	}
	return nil
}

// secret reads a value of one length, of which zeros stand for none.
func secret(to, value []byte, what string) error {
	if len(value) != len(to) || bytes.Equal(value, make([]byte, len(to))) {
		return fmt.Errorf("%w: the %s is none", ErrMalformed, what)
	}
	copy(to, value)
	return nil
}
