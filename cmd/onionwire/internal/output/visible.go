package output

import (
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
)

// indent begins every line of a text but the first, so that none can pass for
// somebody else's.
const indent = "  "

// Text makes a text of several lines harmless for a terminal: what would move the
// cursor, change colours, or reorder or hide text is shown instead.
func Text(s string) string { return strings.ReplaceAll(safe.Text(s), "\n", "\n"+indent) }

// Line makes a text harmless that stays in one line, such as a name.
func Line(s string) string { return safe.Line(s) }
