package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are characters that look like a Latin letter, in one case or the other, by what
// they are folded to: a few of Unicode's confusables (UTS 39), those by which one name is
// usually made to look like another.
var lookalikes = func() map[rune]rune {
	all := make(map[rune]rune)
	for letter, others := range map[rune]string{
		'a': "аαɑ", 'b': "вβь", 'c': "сϲ", 'd': "ԁ", 'e': "еε", 'g': "ɡ", 'h': "һнη", 'j': "ј", 'k': "кκ", 'l': "1|iіιıӏ",
		'm': "мμ", 'n': "νո", 'o': "0оοσօ", 'p': "рρ", 'q': "ԛ", 's': "ѕ", 't': "тτ", 'u': "υս", 'v': "ѵ", 'w': "ԝѡω",
		'x': "хχ", 'y': "уүγ", 'z': "ζ",
	} {
		for _, r := range others {
			all[fold(r)] = fold(letter)
		}
	}
	return all
}()

// fold is the same for a letter in all its cases.
func fold(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

// Skeleton is what a name looks like to somebody who does not look closely: names that differ
// only in case, accents, spaces, characters that show nothing, and letters that look like
// others have the same. It is to be compared, and not to be shown.
func Skeleton(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	if !plain(name) {
		name = norm.NFKD.String(string([]rune(name)))
	}
	for _, r := range name {
		if r < utf8.RuneSelf {
			r = common[r]
		} else {
			r = look(r)
		}
		if r != 0 {
			b.WriteRune(r)
		}
	}
	if s := b.String(); !strings.Contains(s, "RN") && !strings.Contains(s, "VV") {
		return s
	}
	return twins.Replace(b.String())
}

// look is what a character looks like, or 0 if it shows nothing.
func look(r rune) rune {
	if unicode.IsSpace(r) || !unicode.IsGraphic(r) || unicode.In(r, unicode.Mn, unicode.Me) || invisible(r) {
		return 0
	}
	r = fold(r)
	if like, ok := lookalikes[r]; ok {
		return like
	}
	return r
}

// common is look of the characters that most names have.
var common = func() (all [utf8.RuneSelf]rune) {
	for r := range rune(len(all)) {
		all[r] = look(r)
	}
	return all
}()

// twins are two letters that look like one.
var twins = strings.NewReplacer("RN", "M", "VV", "W")

// Alike reports whether one name can be taken for another.
func Alike(a, b string) bool { return Skeleton(a) == Skeleton(b) }
