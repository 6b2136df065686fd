package main

import (
	"fmt"
	"html"
	"strings"
)

// The chart's measures, in pixels.
const (
	chartWidth = 760
	margin     = 16
	barsLeft   = 300
	barsWidth  = 340
	barHeight  = 12
	barStep    = 16
	rowGap     = 14
	legend     = 44 // height of what is above the rows
)

const chartTitle = "Bars: the transport beside raw Tor and stock libp2p"

// chartHead brings a ground of its own: what is shown on a page follows the theme
// of the browser, which need not be the page's.
const chartHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">
<style>
text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.ground{fill:#fff}.dim{fill:#59636e}.raw{fill:#8c959f}.stock{fill:#d4a72c}.ours{fill:#8250df}.goal{stroke:#cf222e;stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}.dim{fill:#9198a1}.raw{fill:#6e7681}.stock{fill:#bb8009}.ours{fill:#a371f7}.goal{stroke:#ff7b72}}
</style>
<rect class="ground" width="100%%" height="100%%" rx="8"/>
`

// chart draws figures as an SVG: for each a bar per side, all of one scale, and a
// line where the goal is.
func chart(figures []figure) string {
	var rows strings.Builder
	y := margin + legend
	for _, f := range figures {
		y += f.draw(&rows, y) + rowGap
	}
	height := y - rowGap + margin
	var b strings.Builder
	fmt.Fprintf(&b, chartHead, chartWidth, height, chartWidth, height, chartTitle)
	x := margin
	for _, side := range []struct{ class, label string }{
		{"raw", "raw: Tor alone"}, {"stock", "stock go-libp2p"}, {"ours", "ours"},
	} {
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="12" height="12" rx="2"/><text x="%d" y="%d">%s</text>`+"\n",
			side.class, x, margin, x+18, margin+10, side.label)
		x += 140
	}
	fmt.Fprintf(&b, `<line class="goal" x1="%d" y1="%d" x2="%d" y2="%d"/><text x="%d" y="%d">goal for ours</text>`+"\n",
		x, margin, x, margin+12, x+8, margin+10)
	b.WriteString(rows.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// draw draws one figure at y and returns how high it is.
func (f figure) draw(b *strings.Builder, y int) (height int) {
	sides := []struct {
		class string
		quantity
	}{{"raw", f.raw}, {"stock", f.stock}, {"ours", f.ours}}
	most := f.mark()
	for _, s := range sides {
		most = max(most, s.value)
	}
	direction := "less is better"
	if f.goals[0].atLeast {
		direction = "more is better"
	}
	name, detail := f.label()
	fmt.Fprintf(b, `<text x="%d" y="%d">%s</text><text class="dim" x="%d" y="%d">%s</text>`+"\n",
		margin, y+10, html.EscapeString(name), margin, y+26, html.EscapeString(detail+direction))
	for _, s := range sides {
		if s.text == "" {
			continue
		}
		width := max(1, int(s.value/most*barsWidth))
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="2"/><text class="dim" x="%d" y="%d">%s</text>`+"\n",
			s.class, barsLeft, y+height, width, barHeight, barsLeft+barsWidth+10, y+height+10, s)
		height += barStep
	}
	x := barsLeft + int(f.mark()/most*barsWidth)
	fmt.Fprintf(b, `<line class="goal" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", x, y+height-barStep-2, x, y+height-barStep+barHeight+2)
	return height
}

// mark is what ours must have to reach the strictest of its goals.
func (f figure) mark() float64 {
	mark := 0.0
	for i, g := range f.goals {
		at := f.ours.value / g.ratio * g.limit
		if i == 0 || g.atLeast == (at > mark) {
			mark = at
		}
	}
	return mark
}

// label breaks the name of a measure in two.
func (f figure) label() (name, detail string) {
	name, detail, found := strings.Cut(f.measure, ", ")
	if found {
		detail += ", "
	}
	return name, detail
}
