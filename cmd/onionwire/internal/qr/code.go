// Package qr writes QR codes for people to scan from a terminal or from paper, and reads
// them from image files.
//
// [Terminal] and [PNG] are what most callers need, [Read] is their opposite. [Encode]
// gives the lines of a code one by one, for an interface that has to fit them somewhere.
//
// Contact links should be given in the form of contactlink.Link.QR, upper case, of which
// codes are a third smaller.
package qr

import (
	"errors"
	"strings"

	"rsc.io/qr"
)

// ErrTooLong means that a text does not fit into a QR code.
var ErrTooLong = errors.New("text too long for a QR code")

// How many light modules surround a code, without which scanners do not find it.
const (
	// quiet is what the standard asks for (ISO/IEC 18004, section 6.3.8).
	quiet = 4
	// least is what telephones make do with.
	least = 2
)

// Code is a QR code. It does not change, and may be used concurrently.
type Code struct {
	code *qr.Code
}

// Encode makes the smallest code that holds a text. It has the least redundancy, because
// screens are neither dirty nor torn. The error matches ErrTooLong.
func Encode(text string) (Code, error) { return encode(text, qr.L) }

func encode(text string, level qr.Level) (Code, error) {
	code, err := qr.Encode(text, level)
	if err != nil {
		return Code{}, ErrTooLong // the cause is the only one there is
	}
	return Code{code}, nil
}

// Width is how many columns the lines have, quiet zone included.
func (c Code) Width() int { return c.code.Size + 2*quiet }

// Height is how many lines there are.
func (c Code) Height() int { return (c.Width() + 1) / 2 }

// Lines draw the code with half blocks, two modules on top of each other in one
// character. What is drawn is what is light: on a terminal with light letters on dark
// ground it is right as it is, elsewhere the two colours have to be set.
func (c Code) Lines() []string { return c.lines(quiet) }

// Fit returns lines of width columns at most, and height of them, with less around the
// code than there should be if that helps. There are none if it does not.
func (c Code) Fit(width, height int) []string {
	for zone := quiet; zone >= least; zone-- {
		if side := c.code.Size + 2*zone; side <= width && (side+1)/2 <= height {
			return c.lines(zone)
		}
	}
	return nil
}

// Least is how little space Fit can do with.
func (c Code) Least() (width, height int) {
	side := c.code.Size + 2*least
	return side, (side + 1) / 2
}

func (c Code) lines(zone int) []string {
	lines := make([]string, 0, c.Height())
	var line strings.Builder
	for y := -zone; y < c.code.Size+zone; y += 2 {
		line.Reset()
		for x := -zone; x < c.code.Size+zone; x++ {
			// A line of its own below the last one would be drawn half: size and
			// quiet zone are odd together. It is light, as all that surrounds.
			switch dark, below := c.code.Black(x, y), c.code.Black(x, y+1); {
			case dark && below:
				line.WriteByte(' ')
			case dark:
				line.WriteRune('▄')
			case below:
				line.WriteRune('▀')
			default:
				line.WriteRune('█')
			}
		}
		lines = append(lines, line.String())
	}
	return lines
}

// Colours of a code whatever those of the terminal are: of the 256 that are the same
// everywhere, white on black.
const (
	colours = "\x1b[38;5;231;48;5;16m"
	reset   = "\x1b[0m"
)

// Terminal returns a text as lines with a code in black and white, each ended by a
// newline, or nothing if it is too long.
func Terminal(text string) string {
	c, err := Encode(text)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, line := range c.Lines() {
		b.WriteString(colours + line + reset + "\n")
	}
	return b.String()
}

// Plain returns the same without colours: for terminals with light letters on dark
// ground that shall not be sent any.
func Plain(text string) string {
	c, err := Encode(text)
	if err != nil {
		return ""
	}
	return strings.Join(c.Lines(), "\n") + "\n"
}

// scale is how many pixels a module has on each side in an image: a short contact link
// is 400 pixels wide, which prints well and fits on every screen.
const scale = 8

// PNG returns a text as an image with a code, that survives a crease in the paper. The
// error matches ErrTooLong.
func PNG(text string) ([]byte, error) {
	c, err := encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	c.code.Scale = scale
	return c.code.PNG(), nil
}
