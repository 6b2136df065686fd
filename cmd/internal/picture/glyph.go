package main

import (
	"fmt"
	"strings"
)

// glyph is a character as lines or as an area. Fonts leave gaps between cells that are
// higher than they are.
type glyph struct {
	path string
	area bool
}

// paint are the attributes of its path.
func (g glyph) paint(colour string) string {
	if g.area {
		return `fill="` + colour + `"`
	}
	return `fill="none" stroke="` + colour + `"`
}

// arms are the directions in which box drawings go from the middle of a cell: u, r, d, l.
var arms = map[string]string{
	"─": "rl", "│": "ud", "┌": "rd", "┐": "dl", "└": "ur", "┘": "ul",
	"╭": "rd", "╮": "dl", "╰": "ur", "╯": "ul",
	"├": "urd", "┤": "udl", "┬": "rdl", "┴": "url", "┼": "urdl",
}

// blocks are parts of a cell: left, top, right, bottom, in eighths.
var blocks = map[string][4]float64{
	"█": {0, 0, 8, 8}, "▀": {0, 0, 8, 4}, "▄": {0, 4, 8, 8}, "▌": {0, 0, 4, 8}, "▐": {4, 0, 8, 8},
	"▏": {0, 0, 1, 8}, "▎": {0, 0, 2, 8}, "▍": {0, 0, 3, 8}, "▋": {0, 0, 5, 8}, "▊": {0, 0, 6, 8}, "▉": {0, 0, 7, 8},
	"▁": {0, 7, 8, 8}, "▂": {0, 6, 8, 8}, "▃": {0, 5, 8, 8}, "▅": {0, 3, 8, 8}, "▆": {0, 2, 8, 8}, "▇": {0, 1, 8, 8},
	"▔": {0, 0, 8, 1}, "▕": {7, 0, 8, 8},
}

func isDrawn(text string) bool {
	_, box := arms[text]
	_, block := blocks[text]
	return box || block
}

// drawn returns how a character is drawn in the cell at x and y, if it is not left to a
// font.
func drawn(text string, x, y float64) (glyph, bool) {
	if b, ok := blocks[text]; ok {
		w, h := cellWidth/8, cellHeight/8.0
		return glyph{fmt.Sprintf("M%.2f %.2fH%.2fV%.2fH%.2fZ", x+b[0]*w, y+b[1]*h, x+b[2]*w, y+b[3]*h, x+b[0]*w), true}, true
	}
	directions, ok := arms[text]
	if !ok {
		return glyph{}, false
	}
	midX, midY := x+cellWidth/2, y+cellHeight/2
	var path strings.Builder
	for _, d := range directions {
		switch d {
		case 'u':
			fmt.Fprintf(&path, "M%.2f %.2fV%.2f", midX, midY, y)
		case 'r':
			fmt.Fprintf(&path, "M%.2f %.2fH%.2f", midX, midY, x+cellWidth)
		case 'd':
			fmt.Fprintf(&path, "M%.2f %.2fV%.2f", midX, midY, y+cellHeight)
		case 'l':
			fmt.Fprintf(&path, "M%.2f %.2fH%.2f", midX, midY, x)
		}
	}
	return glyph{path.String(), false}, true
}
