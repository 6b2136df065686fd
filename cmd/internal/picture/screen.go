package main

import (
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// style is how text looks. Colours are as in CSS, or empty for those of the terminal.
type style struct {
	fg, bg                            string
	bold, faint, italic, line, invert bool
}

// run is text in one style, at a column.
type run struct {
	style
	text  string
	at    int
	width int // in columns
}

// parse makes runs, line by line, of text with SGR sequences (ECMA-48, 8.3.117). A
// style goes on in the next line.
func parse(captured string) (lines [][]run) {
	var now style
	for line := range strings.Lines(captured) {
		line = strings.TrimRight(line, "\r\n")
		var runs []run
		at := 0
		for line != "" {
			if rest, ok := strings.CutPrefix(line, "\x1b"); ok {
				now, line = escape(now, rest)
				continue
			}
			text, rest := line, ""
			if i := strings.IndexByte(line, '\x1b'); i >= 0 {
				text, rest = line[:i], line[i:]
			}
			width := uniseg.StringWidth(text)
			runs = append(runs, run{now, text, at, width})
			at += width
			line = rest
		}
		lines = append(lines, runs)
	}
	return lines
}

// escape takes the escape sequence whose first character is missing in s, and returns
// the style after it and the text behind it. Other sequences than SGR change nothing.
func escape(now style, s string) (style, string) {
	body, ok := strings.CutPrefix(s, "[")
	if !ok {
		// Such as the choice of a character set, which has one more character.
		return now, s[min(len(s), 2):]
	}
	end := strings.IndexFunc(body, func(r rune) bool { return r >= '@' && r <= '~' })
	if end < 0 {
		return now, ""
	}
	if body[end] == 'm' {
		now = now.after(body[:end])
	}
	return now, body[end+1:]
}

// after returns the style after the parameters of an SGR sequence.
func (s style) after(parameters string) style {
	var codes []int
	for p := range strings.SplitSeq(parameters, ";") {
		if strings.HasPrefix(p, "4:") { // a kind of underline
			p = "4"
		}
		for part := range strings.SplitSeq(p, ":") {
			if n, err := strconv.Atoi(part); err == nil {
				codes = append(codes, n)
			}
		}
	}
	if len(codes) == 0 {
		return style{}
	}
	for i := 0; i < len(codes); i++ {
		switch c := codes[i]; {
		case c == 0:
			s = style{}
		case c == 1:
			s.bold = true
		case c == 2:
			s.faint = true
		case c == 3:
			s.italic = true
		case c == 4:
			s.line = true
		case c == 7:
			s.invert = true
		case c == 22:
			s.bold, s.faint = false, false
		case c == 23:
			s.italic = false
		case c == 24:
			s.line = false
		case c == 27:
			s.invert = false
		case c == 38 || c == 48:
			colour, used := extended(codes[i+1:])
			i += used
			if c == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
		case c == 39:
			s.fg = ""
		case c == 49:
			s.bg = ""
		case c >= 30 && c <= 37, c >= 90 && c <= 97:
			s.fg = palette(c%10 + c/90*8)
		case c >= 40 && c <= 47, c >= 100 && c <= 107:
			s.bg = palette(c%10 + c/100*8)
		}
	}
	return s
}
