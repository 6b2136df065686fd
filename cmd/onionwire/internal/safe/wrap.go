package safe

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Method is how a terminal counts cells: by character, or by what people see as one.
// It has to be the one that the screen is drawn with.
type Method = ansi.Method

// Methods of counting.
const (
	ByCharacter = ansi.WcWidth
	ByGrapheme  = ansi.GraphemeWidth
)

// ellipsis stands for what was cut off.
const ellipsis = "…"

// Width returns the cells that a line takes that is harmless.
func Width(m Method, s string) int {
	if plain(s) {
		return len(s)
	}
	return m.StringWidth(s)
}

// Cut returns what fits into width cells of a line that is harmless, with an ellipsis if
// that is not all.
func Cut(m Method, s string, width int) string {
	if width <= 0 {
		return ""
	}
	if plain(s) {
		switch {
		case len(s) <= width:
			return s
		case width == 1:
			return ellipsis
		}
		return s[:width-1] + ellipsis
	}
	cells, keep := 0, 0 // keep is what stays if there is an ellipsis
	for i := 0; i < len(s); {
		cluster, n := ansi.FirstGraphemeCluster(s[i:], m)
		if cells += n; cells > width {
			return s[:keep] + ellipsis
		}
		i += len(cluster)
		if cells < width {
			keep = i
		}
	}
	return s
}

// Fit cuts a line, or fills it up with spaces, to exactly width cells.
func Fit(m Method, s string, width int) string {
	s = Cut(m, s, width)
	if n := width - Width(m, s); n > 0 {
		s += Spaces(n)
	}
	return s
}

const spaces = "                                                                                "

// Spaces returns n spaces.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(spaces):
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}

// Row is a line on the screen.
type Row struct {
	// Start and End are where it is in the text, in bytes. What is between two rows,
	// a space or a line feed, is in neither.
	Start, End int
	// Text is what is shown.
	Text string
}

// Wrap returns the rows of a text, each of width cells at most: broken at line feeds,
// at spaces, and within words only if there is no other way. There is at least one. With
// raw, the text is one that was not made harmless, and is in the rows.
func Wrap(m Method, s string, width int, raw bool) []Row {
	width = max(width, 1)
	rows := make([]Row, 0, 1+len(s)/width)
	for start := 0; ; {
		end := strings.IndexByte(s[start:], '\n')
		if end < 0 {
			return wrapLine(rows, m, s, start, len(s), width, raw)
		}
		rows = wrapLine(rows, m, s, start, start+end, width, raw)
		start += end + 1
	}
}

// wrapLine appends the rows of s[start:end], which has no line feed.
func wrapLine(rows []Row, m Method, s string, start, end, width int, raw bool) []Row {
	if plain(s[start:end]) {
		return wrapPlain(rows, s, start, end, width)
	}
	w := wrapper{rows: rows, source: s, method: m, width: width, raw: raw, start: start}
	for i := start; i < end; {
		cluster, cells := ansi.FirstGraphemeCluster(s[i:end], m)
		w.take(cluster, i, cells)
		i += len(cluster)
	}
	return w.finish(end)
}

// wrapPlain is wrapLine for printable ASCII.
func wrapPlain(rows []Row, s string, start, end, width int) []Row {
	for end-start > width {
		cut := strings.LastIndexByte(s[start:start+width+1], ' ')
		next := start + cut + 1
		if cut <= 0 || strings.TrimLeft(s[start:start+cut], " ") == "" {
			cut, next = width, start+width
		}
		rows = append(rows, Row{start, start + cut, s[start : start+cut]})
		start = next
	}
	return append(rows, Row{start, end, s[start:end]})
}

// wrapper fills rows with clusters.
type wrapper struct {
	rows   []Row
	source string
	method Method
	width  int
	raw    bool

	start int             // of the row
	text  strings.Builder // of the row
	cells int
	// The last space in the row: where it is in the source, and what was in the row
	// before and behind it.
	space        int
	spaceText    int // bytes of text before it
	spaceCells   int // cells up to and with it
	afterSpace   int // bytes of text up to and with it
	spaceInRow   bool
	letterBefore bool // whether there is something other than spaces before it
	letter       bool
}

func (w *wrapper) take(cluster string, at, cells int) {
	shown := cluster
	if w.raw {
		shown = Line(cluster)
		cells = Width(w.method, shown)
	}
	if cells > w.width { // not even alone
		shown, cells = ellipsis, 1
	}
	if w.cells+cells > w.width {
		if cluster == " " { // it is the break
			w.push(at, w.text.String())
			w.begin(at+1, "", 0)
			return
		}
		w.wrap(at)
		if w.cells+cells > w.width { // nor does it fit behind what is left of its word
			w.wrap(at)
		}
	}
	if cluster == " " {
		w.space, w.spaceText = at, w.text.Len()
		w.spaceInRow, w.letterBefore = true, w.letter
	} else {
		w.letter = true
	}
	w.text.WriteString(shown)
	w.cells += cells
	if cluster == " " {
		w.spaceCells, w.afterSpace = w.cells, w.text.Len()
	}
}

// wrap ends the row before the word that does not fit, or before the cluster at.
func (w *wrapper) wrap(at int) {
	text := w.text.String()
	if w.spaceInRow && w.letterBefore {
		w.push(w.space, text[:w.spaceText])
		w.begin(w.space+1, text[w.afterSpace:], w.cells-w.spaceCells)
		return
	}
	w.push(at, text)
	w.begin(at, "", 0)
}

func (w *wrapper) push(end int, text string) {
	w.rows = append(w.rows, Row{w.start, end, text})
}

func (w *wrapper) begin(start int, text string, cells int) {
	w.start, w.cells, w.spaceInRow, w.letter = start, cells, false, text != ""
	w.text.Reset()
	w.text.WriteString(text)
}

func (w *wrapper) finish(end int) []Row {
	w.push(end, w.text.String())
	return w.rows
}
