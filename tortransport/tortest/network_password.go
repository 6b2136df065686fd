package tortest

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"strings"
)

// hashPassword does what `tor --hash-password` does, without showing the
// password to everybody who can list processes: the salted and iterated S2K of
// RFC 2440 section 3.6.1.3 with SHA-1 (control-spec section 5.1).
func hashPassword(password string) string {
	const (
		saltSize = 8
		// indicator codes the number of bytes to hash, as in tor's own output.
		indicator = 0x60
		count     = (16 + indicator&15) << (indicator>>4 + 6)
	)
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	unit := append(salt, password...)
	h := sha1.New()
	for left := count; left > 0; left -= len(unit) {
		h.Write(unit[:min(left, len(unit))])
	}
	spec := append(salt[:saltSize:saltSize], indicator)
	return "16:" + strings.ToUpper(hex.EncodeToString(h.Sum(spec)))
}
