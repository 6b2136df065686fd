package main

import "fmt"

const (
	background = "#16181d"
	foreground = "#d6d8de"
)

// basic are the sixteen colours that terminals have by name.
var basic = [16]string{
	"#23262e", "#e06c75", "#8cc570", "#e2b86b", "#6cb2eb", "#c58fe0", "#5fc2c7", "#c3c7d1",
	"#6b7280", "#f08b92", "#a9dc8f", "#f0cf8e", "#93c9f5", "#d9b0ee", "#86dade", "#f3f4f7",
}

// palette is one of 256 colours: those by name, a cube of 6x6x6, and shades of grey.
func palette(n int) string {
	switch {
	case n < 0 || n > 255:
		return ""
	case n < 16:
		return basic[n]
	case n >= 232:
		grey := 8 + 10*(n-232)
		return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
	}
	level := func(n int) int {
		if n == 0 {
			return 0
		}
		return 55 + 40*n
	}
	n -= 16
	return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
}

// extended returns the colour behind a 38 or 48, and how many codes it has.
func extended(codes []int) (colour string, used int) {
	switch {
	case len(codes) >= 2 && codes[0] == 5:
		return palette(codes[1]), 2
	case len(codes) >= 4 && codes[0] == 2:
		return fmt.Sprintf("#%02x%02x%02x", codes[1]&0xff, codes[2]&0xff, codes[3]&0xff), 4
	}
	return "", len(codes)
}
