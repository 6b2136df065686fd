package console

import "strings"

// maxHistory is how many lines are kept.
const maxHistory = 200

// History has the lines that were entered, in memory only. The zero History is empty.
// It is not safe for concurrent use.
type History struct {
	lines []string
	at    int // of the line that is shown, or len(lines)
	typed string
}

// Add keeps a line, unless it is empty, the same as the last one, or one of a command
// that is private. A line that is no command is kept, to be mended.
func (h *History) Add(line string) {
	line = strings.TrimSpace(line)
	if words := split(line); len(words) > 0 && len(line) <= MaxLine && !private(words) {
		if n := len(h.lines); n == 0 || h.lines[n-1] != line {
			h.lines = append(h.lines, line)
		}
		if len(h.lines) > maxHistory {
			h.lines = h.lines[1:]
		}
	}
	h.Reset()
}

// private also knows a link behind a mistyped command.
func private(words []word) bool {
	command, _ := Find(words[0].value)
	if command.Private && len(words) > 1 {
		return true
	}
	for _, w := range words {
		if v := strings.ToLower(w.value); strings.Contains(v, "onionwire:") || strings.Contains(v, "/onion3/") {
			return true
		}
	}
	return false
}

// Reset goes behind the last line.
func (h *History) Reset() { h.at, h.typed = len(h.lines), "" }

// Clear forgets all lines.
func (h *History) Clear() {
	clear(h.lines)
	h.lines = nil
	h.Reset()
}

// Before returns the line before the one that is shown, of those that begin with what
// was typed when it was called first.
func (h *History) Before(shown string) (string, bool) {
	if h.at == len(h.lines) {
		h.typed = shown
	}
	for i := h.at - 1; i >= 0; i-- {
		if strings.HasPrefix(h.lines[i], h.typed) && h.lines[i] != shown {
			h.at = i
			return h.lines[i], true
		}
	}
	return shown, false
}

// After returns the line after it, and in the end what was typed.
func (h *History) After(shown string) (string, bool) {
	if h.at == len(h.lines) {
		return shown, false
	}
	for i := h.at + 1; i < len(h.lines); i++ {
		if strings.HasPrefix(h.lines[i], h.typed) && h.lines[i] != shown {
			h.at = i
			return h.lines[i], true
		}
	}
	h.at = len(h.lines)
	return h.typed, true
}
