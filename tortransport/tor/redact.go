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

// maxRead is how much of an explanation is looked at, in bytes. What is cut off may
// leave half of a secret, which is then taken away, too.
const maxRead = 16 * maxText

// secretLike matches what may be an onion address, a key or a cookie.
var secretLike = regexp.MustCompile(`[A-Za-z0-9+/=]{40,}(\.onion)?`)

// halfSecret matches what may be the beginning of one, at the end of a text.
var halfSecret = regexp.MustCompile(`[A-Za-z0-9+/=]*$`)

// printable makes an explanation fit for errors, which end up in logs and on
// terminals. Tor repeats addresses in its refusals, and filters in front of it
// may repeat the command.
func printable(text string) string {
	if len(text) > maxRead {
		text = halfSecret.ReplaceAllString(text[:maxRead], "…")
	}
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

// maxName is the length of the longest name in an event that is remembered, in
// bytes. A relay's, with fingerprint and nickname, has 61.
const maxName = 128

// name returns a copy of a name in an event, to be remembered: the event may be
// much longer. It reports false if no name of tor's is like that.
func name(word string) (string, bool) {
	return strings.Clone(word[:min(len(word), maxName)]), len(word) <= maxName
}
