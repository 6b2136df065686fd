package download

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxName is the longest name in bytes, which is what most file systems take.
	MaxName = 255
	// maxExtension is the longest end of a name, with its dot, that stays when the
	// name is cut.
	maxExtension = 32
	// nameless is what a file is called of whose name nothing is left.
	nameless = "file"
)

// unseen are characters that show as nothing, or make others show in another order
// or place. Without them a name is what it looks like.
var unseen = []*unicode.RangeTable{
	unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp,
	unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector,
}

// reserved are names that Windows takes for devices, whatever follows after a dot.
var reserved = func() map[string]bool {
	names := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true, "CLOCK$": true}
	for _, digit := range "0123456789¹²³" {
		names["COM"+string(digit)] = true
		names["LPT"+string(digit)] = true
	}
	return names
}()

// Name makes a file name of what a contact calls a file: the last part of a path,
// of 1 to MaxName bytes of UTF-8, which every common system takes for an ordinary,
// visible file in the folder where it is put. Nothing invisible is left of it, no
// separator or wildcard, no dot, dash or space at the front, no dot or space at the
// end, and no name of a device. A name that is harmless stays as it is. If nothing
// is left it is "file".
func Name(raw string) string {
	name := strings.Map(harmless, strings.ToValidUTF8(raw, "_"))
	name = strings.TrimRight(name, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = trimEnd(strings.TrimLeft(name, " .-"))
	if name == "" {
		return nameless
	}
	stem, _, _ := strings.Cut(name, ".")
	if reserved[strings.ToUpper(trimEnd(stem))] {
		name = "_" + name
	}
	return suffixed(name, "")
}

// harmless is what becomes of a character: separators become a slash.
func harmless(r rune) rune {
	switch {
	case r == '\\', r == '/':
		return '/'
	case unicode.In(r, unseen...):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r), unicode.Is(unicode.Cn, r): // macOS refuses characters that are none
		return '_'
	case unicode.Is(unicode.Zs, r), r == '\u2800': // which is an empty pattern of Braille
		return ' '
	}
	return r
}

// suffixed puts something between a name and its extension, and cuts the name in
// front of it to make that fit.
func suffixed(name, suffix string) string {
	stem, extension := name, ""
	if dot := strings.LastIndexByte(name, '.'); dot > 0 && len(name)-dot <= maxExtension {
		stem, extension = name[:dot], name[dot:]
	}
	room := MaxName - len(suffix) - len(extension)
	if len(stem) > room {
		for !utf8.RuneStart(stem[room]) {
			room--
		}
		stem = trimEnd(stem[:room])
	}
	return stem + suffix + extension
}

// trimEnd removes what Windows removes too, silently.
func trimEnd(name string) string { return strings.TrimRight(name, " .") }
