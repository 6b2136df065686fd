package main

import (
	"fmt"
	"strings"
	"unicode"
)

// visible makes text harmless for a terminal: what would move the cursor,
// change colours, or reorder or hide text is shown as its code instead. Further
// lines are indented, so that none can pass for somebody else's.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n':
			b.WriteString("\n  ")
		case r == '\t':
			b.WriteString("    ")
		case unicode.IsGraphic(r) || r == emojiJoiner:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "<%04X>", r)
		}
	}
	return b.String()
}

// emojiJoiner joins emoji, and letters in some scripts. It is not printable by
// itself and hides nothing.
const emojiJoiner = '\u200d'
