package main

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/rivo/uniseg"
)

// The size of a cell and of what is around the screen, in the units of the picture.
const (
	cellWidth  = 8.4
	cellHeight = 18
	margin     = 16
	bar        = 34 // with the title
)

// fonts are those that systems have. Each run of text is stretched to its columns, for
// none of them is as wide as another.
const fonts = `ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace`

// svg draws lines as a window.
func svg(lines [][]run, title string) []byte {
	columns := 0
	for _, line := range lines {
		for _, r := range line {
			columns = max(columns, r.at+r.width)
		}
	}
	width, height := float64(columns)*cellWidth+2*margin, len(lines)*cellHeight+bar+margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d" `+
		`font-family="%s" font-size="14" xml:space="preserve">`+"\n", width, height, width, height, fonts)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%d" rx="8" fill="%s"/>`+"\n", width, height, background)
	for i, colour := range []string{"#e06c75", "#e2b86b", "#8cc570"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="5.5" fill="%s"/>`+"\n", margin+6+18*i, colour)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="22" text-anchor="middle" fill="#8b909c">%s</text>`+"\n", width/2, html.EscapeString(title))
	for row, line := range lines {
		for _, r := range line {
			r.draw(&b, row)
		}
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// draw draws a run in a row.
func (r run) draw(b *bytes.Buffer, row int) {
	fg, bg := r.fg, r.bg
	if r.invert {
		fg, bg = or(bg, background), or(fg, foreground)
	}
	x, y := margin+float64(r.at)*cellWidth, bar+row*cellHeight
	if bg != "" {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" shape-rendering="crispEdges"/>`+"\n",
			x, y, float64(r.width)*cellWidth, cellHeight, bg)
	}
	for _, p := range r.pieces() {
		x := margin + float64(p.at)*cellWidth
		if glyph, ok := drawn(p.text, x, float64(y)); ok {
			fmt.Fprintf(b, `<path d="%s" %s shape-rendering="crispEdges"/>`+"\n", glyph.path, glyph.paint(or(fg, foreground)))
			continue
		}
		fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"%s>%s</text>`+"\n",
			x, y+13, float64(p.width)*cellWidth, or(fg, foreground), r.attributes(), html.EscapeString(p.text))
	}
}

// pieces cuts a run into what is drawn one by one: words, for a font that is stretched
// would carry them away from where they belong, and characters that are not left to a
// font.
func (r run) pieces() (all []run) {
	at := r.at
	join := false
	for g := uniseg.NewGraphemes(r.text); g.Next(); at += g.Width() {
		text := g.Str()
		alone := text == " " || isDrawn(text)
		switch {
		case text == " ":
		case join && !alone:
			last := &all[len(all)-1]
			last.text += text
			last.width += g.Width()
		default:
			all = append(all, run{text: text, at: at, width: g.Width()})
		}
		join = !alone
	}
	return all
}

// attributes are those of an SVG text that is not plain.
func (r run) attributes() string {
	var b strings.Builder
	if r.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if r.italic {
		b.WriteString(` font-style="italic"`)
	}
	if r.line {
		b.WriteString(` text-decoration="underline"`)
	}
	if r.faint {
		b.WriteString(` opacity="0.6"`)
	}
	return b.String()
}

func or(colour, otherwise string) string {
	if colour == "" {
		return otherwise
	}
	return colour
}
