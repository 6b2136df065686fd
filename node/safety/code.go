package safety

import (
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/qrtext"
)

// codeHalf is how much of each fingerprint is in a code, in bytes: as much as a
// camera does not mind and no forger can search for.
const codeHalf = 32

// codeFormat is the form of codes. Their content is the beginning of the
// fingerprint of who shows it, and of the one whom it is shown to.
var codeFormat = qrtext.Format{Scheme: "onionwire-safety", Version: 1, MaxSize: 2 * codeHalf}

// Code returns what a QR code for the other side holds: ONIONWIRE-SAFETY: and
// base32, in the characters of the alphanumeric mode. It differs from the one that
// the other side shows, so that nobody takes the own screen for the other's.
func (n Number) Code() string {
	if n.IsZero() {
		return ""
	}
	return qrtext.Upper(codeFormat.Encode(append(n.local[:codeHalf:codeHalf], n.remote[:codeHalf]...)))
}

// matchCode compares a code that the other side shows.
func (n Number) matchCode(code string) (bool, error) {
	content, err := codeFormat.Decode(code)
	switch {
	case errors.Is(err, qrtext.ErrNewer):
		return false, ErrNewer
	case err != nil:
		return false, fmt.Errorf("%w: %w", ErrMalformed, err)
	case len(content) != 2*codeHalf:
		return false, fmt.Errorf("%w: the code is too short", ErrMalformed)
	}
	shower, viewer := content[:codeHalf], content[codeHalf:]
	if subtle.ConstantTimeCompare(shower, n.local[:codeHalf])&subtle.ConstantTimeCompare(viewer, n.remote[:codeHalf]) == 1 {
		return false, ErrOwnCode
	}
	return subtle.ConstantTimeCompare(shower, n.remote[:codeHalf])&subtle.ConstantTimeCompare(viewer, n.local[:codeHalf]) == 1, nil
}
