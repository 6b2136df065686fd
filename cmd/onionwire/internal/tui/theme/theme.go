// Package theme has the colours of the terminal interface, by what they are for. A theme
// is a value; nothing depends on colour alone.
package theme

import (
	"slices"
	"strings"
)

// Style is how text is painted. The zero Style leaves it as it is.
type Style struct{ on string }

const off = "\x1b[m"

// Paint returns text in the style. The text must not be painted already.
func (s Style) Paint(text string) string {
	if s.on == "" || text == "" {
		return text
	}
	return s.on + text + off
}

// Theme says how everything is painted.
type Theme struct {
	Name string
	// Text is what people write, Dim what helps to read it, Strong what it is about.
	Text, Dim, Strong Style
	// Me and Them are the names of who has written, Accent what can be acted on.
	Me, Them, Accent Style
	// Good, Warning and Bad are states.
	Good, Warning, Bad Style
	// Selected is a line that is chosen, Unread what was not read, Marker the line above new
	// messages.
	Selected, Unread, Marker Style
	// Border is around and between panes, Bar the status line, Title the title of a dialog.
	Border, Bar, Title Style
	// BarGood, BarWarning and BarBad are states in the status line.
	BarGood, BarWarning, BarBad Style
	// Found is what a search was for.
	Found Style
	// Symbol shows codes of characters that are not obeyed.
	Symbol Style
}

func sgr(codes ...string) Style { return Style{"\x1b[" + strings.Join(codes, ";") + "m"} }

const (
	bold      = "1"
	faint     = "2"
	underline = "4"
	reverse   = "7"
)

func fg(hex string) string { return "38;2;" + rgb(hex) }
func bg(hex string) string { return "48;2;" + rgb(hex) }

// Dark is for a dark background.
func Dark() Theme {
	bar := bg("#303238") // a grey, too, where there are 256 colours
	return Theme{
		Name: "dark",
		Dim:  sgr(fg("#8b93a1")), Strong: sgr(bold),
		Me: sgr(bold, fg("#7fb4ff")), Them: sgr(bold, fg("#c3a6ff")), Accent: sgr(fg("#7fb4ff")),
		Good: sgr(fg("#7fd18b")), Warning: sgr(fg("#f0c674")), Bad: sgr(fg("#ff8080")),
		Selected: sgr(bg("#3a4358"), fg("#ffffff")), Unread: sgr(bold, fg("#f0c674")), Marker: sgr(fg("#f0c674")),
		Border: sgr(fg("#4b5263")), Bar: sgr(bar, fg("#c8cdd5")), Title: sgr(bold, fg("#7fb4ff")),
		BarGood: sgr(bar, fg("#7fd18b")), BarWarning: sgr(bar, fg("#f0c674")), BarBad: sgr(bar, fg("#ff8080")),
		Found: sgr(reverse), Symbol: sgr(fg("#ff8080")),
	}
}

// Light is for a light background.
func Light() Theme {
	bar := bg("#eeeeee")
	return Theme{
		Name: "light",
		Dim:  sgr(fg("#667080")), Strong: sgr(bold),
		Me: sgr(bold, fg("#1f5fbf")), Them: sgr(bold, fg("#7a3fb5")), Accent: sgr(fg("#1f5fbf")),
		Good: sgr(fg("#1d7a32")), Warning: sgr(fg("#8f5b00")), Bad: sgr(fg("#b3261e")),
		Selected: sgr(bg("#cfe0fb"), fg("#101418")), Unread: sgr(bold, fg("#8f5b00")), Marker: sgr(fg("#8f5b00")),
		Border: sgr(fg("#a9b1bd")), Bar: sgr(bar, fg("#303238")), Title: sgr(bold, fg("#1f5fbf")),
		BarGood: sgr(bar, fg("#1d7a32")), BarWarning: sgr(bar, fg("#8f5b00")), BarBad: sgr(bar, fg("#b3261e")),
		Found: sgr(reverse), Symbol: sgr(fg("#b3261e")),
	}
}

// Sixteen uses the colours of the terminal itself, whatever its background.
func Sixteen() Theme {
	return Theme{
		Name: "16",
		Dim:  sgr(faint), Strong: sgr(bold),
		Me: sgr(bold, "34"), Them: sgr(bold, "35"), Accent: sgr("36"),
		Good: sgr("32"), Warning: sgr("33"), Bad: sgr("31"),
		Selected: sgr(reverse), Unread: sgr(bold, "33"), Marker: sgr("33"),
		Border: sgr(faint), Bar: sgr(reverse), Title: sgr(bold, "36"),
		BarGood: sgr(reverse), BarWarning: sgr(reverse), BarBad: sgr(reverse, bold),
		Found: sgr(reverse), Symbol: sgr("31"),
	}
}

// Plain has no colour.
func Plain() Theme {
	return Theme{
		Name:   "plain",
		Strong: sgr(bold), Me: sgr(bold), Them: sgr(bold), Accent: sgr(underline),
		Bad: sgr(bold), Selected: sgr(reverse), Unread: sgr(bold),
		Bar: sgr(reverse), Title: sgr(bold),
		BarGood: sgr(reverse), BarWarning: sgr(reverse), BarBad: sgr(reverse, bold),
		Found: sgr(reverse), Symbol: sgr(bold),
	}
}

// Names are the names that [Named] knows.
func Names() []string { return []string{"dark", "light", "16", "plain"} }

// Named returns a theme by its name.
func Named(name string) (Theme, bool) {
	i := slices.Index(Names(), name)
	if i < 0 {
		return Theme{}, false
	}
	return []func() Theme{Dark, Light, Sixteen, Plain}[i](), true
}

// Choose returns the theme with a name, or the one that fits the terminal if the name is
// empty or unknown. NO_COLOR (no-color.org) goes before everything.
func Choose(name string, getenv func(string) string, darkBackground bool) Theme {
	if getenv("NO_COLOR") != "" {
		return Plain()
	}
	if t, ok := Named(name); ok {
		return t
	}
	switch depth := getenv("COLORTERM"); {
	case depth != "truecolor" && depth != "24bit" && !strings.Contains(getenv("TERM"), "256color"):
		return Sixteen()
	case darkBackground:
		return Dark()
	}
	return Light()
}
