package tor

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// maxText is how much of an explanation is kept, in bytes. Tor's are one short
// sentence.
const maxText = 256

// secretLike matches what may be an onion address, a key or a cookie.
var secretLike = regexp.MustCompile(`[A-Za-z0-9+/=]{40,}(\.onion)?`)

// printable makes an explanation fit for errors, which end up in logs and on
// terminals. Tor repeats addresses in its refusals, and filters in front of it
// may repeat the command.
func printable(text string) string {
	text = secretLike.ReplaceAllStringFunc(text, func(word string) string {
		if addr, err := onion.Parse(word); err == nil {
			return addr.Short()
		}
		return "…"
	})
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text[:min(len(text), maxText)])
}
