package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
)

const (
	// frameWidth and frameHeight are what the frame of a dialog takes, with a cell of air
	// on both sides.
	frameWidth, frameHeight = 4, 2
)

// overlayArea is the inside of a dialog's frame.
func (m *Model) overlayArea(o overlay) rect {
	s := &m.screen
	maxW, maxH := max(s.w-frameWidth, 1), max(s.h-1-frameHeight, 1)
	w, h := o.size(maxW, maxH)
	if w <= 0 || w > maxW {
		w = maxW
	}
	if h <= 0 || h > maxH {
		h = maxH
	}
	return rect{(s.w - w) / 2, max((s.h-1-h)/2, 1), w, h}
}

// drawOverlay paints a dialog over the lines, and returns where its cursor is.
func (m *Model) drawOverlay(lines []string, o overlay) *position {
	area := m.overlayArea(o)
	inside, cursor := o.view(m, area.w, area.h)
	left, width := area.x-frameWidth/2, area.w+frameWidth
	put := func(y int, line string) {
		if y >= 0 && y < len(lines) {
			lines[y] = m.over(lines[y], left, width, line)
		}
	}
	put(area.y-1, m.frame("╭", " "+o.title()+" ", "╮", width))
	side := m.theme.Border.Paint("│")
	for i := range area.h {
		line := ""
		if i < len(inside) {
			line = inside[i]
		}
		line += safe.Spaces(area.w - m.method.StringWidth(line))
		put(area.y+i, side+" "+line+" "+m.edge(o, i, area.h))
	}
	put(area.y+area.h, m.frame("╰", m.overlayHints(o), "╯", width))
	if cursor == nil {
		return nil
	}
	return &position{area.x + cursor.x, area.y + cursor.y}
}

// edge is the right edge of a dialog at a line: it says whether there is more.
func (m *Model) edge(o overlay, line, height int) string {
	if s, ok := o.(scrolled); ok {
		switch above, below := s.hidden(); {
		case below && line == height-1:
			return m.theme.Accent.Paint("▼")
		case above && line == 0:
			return m.theme.Accent.Paint("▲")
		}
	}
	return m.theme.Border.Paint("│")
}

// frame is the upper or lower edge of a dialog.
func (m *Model) frame(left, words, right string, w int) string {
	words = safe.Cut(m.method, words, w-4)
	line := strings.Repeat("─", max(w-3-safe.Width(m.method, words), 0))
	return m.theme.Border.Paint(left+"─") + m.theme.Title.Paint(words) + m.theme.Border.Paint(line+right)
}

func (m *Model) overlayHints(o overlay) string {
	var b strings.Builder
	for _, a := range o.hints() {
		for _, binding := range m.keys.Bindings() {
			if binding.Action == a && len(binding.Keys) > 0 {
				b.WriteString(" " + m.keys.Key(a) + " " + words(o, binding) + " ")
			}
		}
	}
	return b.String()
}

// words are what a binding does in a dialog.
func words(o overlay, b keys.Binding) string {
	if w, ok := o.(worded); ok {
		if says := w.word(b.Action); says != "" {
			return says
		}
	}
	return b.Help
}

// over puts a painted line of a width over another from a column on.
func (m *Model) over(below string, x, w int, line string) string {
	head := m.method.Cut(below, 0, x)
	head += safe.Spaces(x - m.method.StringWidth(head))
	tail := ""
	if rest := m.method.StringWidth(below) - x - w; rest > 0 {
		// Not Cut, which cuts the left side off the end when it counts by character.
		tail = m.method.TruncateLeft(below, x+w, "")
		if m.method.StringWidth(tail) > rest { // half a wide character is left
			tail = " " + m.method.TruncateLeft(below, x+w+1, "")
		}
	}
	return head + ansi.ResetStyle + line + ansi.ResetStyle + tail
}
