package theme

import (
	"encoding/hex"
	"fmt"
)

// rgb turns #rrggbb into the parameters of SGR. It panics on anything else: the colours
// are in this package.
func rgb(colour string) string {
	b, err := hex.DecodeString(colour[1:])
	if err != nil || len(b) != 3 {
		panic("malformed colour " + colour)
	}
	return fmt.Sprintf("%d;%d;%d", b[0], b[1], b[2])
}
