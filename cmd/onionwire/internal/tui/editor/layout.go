package editor

import (
	"sort"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
)

// layout is the text on rows of a width.
type layout struct {
	method safe.Method
	width  int
	rows   []safe.Row
	top    int // the first row that is seen
}

// rows lays the text out unless that was done.
func (e *Editor) rows(m safe.Method, width int) []safe.Row {
	if e.laid.rows == nil || e.laid.width != width || e.laid.method != m {
		e.laid.method, e.laid.width = m, width
		e.laid.rows = safe.Wrap(m, e.text, width, true)
	}
	return e.laid.rows
}

// Height is how many rows the text takes at a width.
func (e *Editor) Height(m safe.Method, width int) int { return len(e.rows(m, width-1)) }

// View returns the rows that are seen in width and height, and where among them the cursor
// is. The cursor is always seen. The last column is left to it.
func (e *Editor) View(m safe.Method, width, height int) (lines []string, x, y int) {
	rows := e.rows(m, width-1)
	height = max(height, 1)
	row, column := e.place(m, rows)
	top := min(e.laid.top, max(len(rows)-height, 0))
	top = max(min(top, row), row-height+1)
	e.laid.top = top
	for _, r := range rows[top:min(top+height, len(rows))] {
		lines = append(lines, r.Text)
	}
	return lines, min(column, width-1), row - top
}

// place returns the row and the column that the cursor is at.
func (e *Editor) place(m safe.Method, rows []safe.Row) (row, column int) {
	row = sort.Search(len(rows), func(i int) bool { return rows[i].Start > e.cursor }) - 1
	row = max(row, 0)
	r := rows[row]
	return row, safe.Width(m, safe.Line(e.text[r.Start:min(e.cursor, r.End)]))
}

// Up goes a row up. It returns false if there is none.
func (e *Editor) Up(m safe.Method, width int) bool { return e.vertical(m, width, -1) }

// Down goes a row down. It returns false if there is none.
func (e *Editor) Down(m safe.Method, width int) bool { return e.vertical(m, width, 1) }

func (e *Editor) vertical(m safe.Method, width, by int) bool {
	rows := e.rows(m, width-1)
	row, column := e.place(m, rows)
	if e.column < 0 {
		e.column = column
	}
	if row+by < 0 || row+by >= len(rows) {
		return false
	}
	r := rows[row+by]
	e.cursor = e.at(m, r, e.column)
	return true
}

// at returns the place in a row that is nearest to a column, in bytes.
func (e *Editor) at(m safe.Method, r safe.Row, column int) int {
	walk := Editor{text: e.text[:r.End], cursor: r.Start}
	cells := 0
	for walk.cursor < r.End {
		next := walk.after()
		cells += safe.Width(m, safe.Line(e.text[walk.cursor:next]))
		if cells > column {
			break
		}
		walk.cursor = next
	}
	return walk.cursor
}

// Click puts the cursor where somebody has pointed to: a row of the last View, and a
// column.
func (e *Editor) Click(x, y int) {
	if i := e.laid.top + y; i >= 0 && i < len(e.laid.rows) {
		e.move(e.at(e.laid.method, e.laid.rows[i], x))
	}
}
