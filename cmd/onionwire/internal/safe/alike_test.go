package safe_test

import (
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
)

func TestAlike(t *testing.T) {
	for _, pair := range [][2]string{
		{"Alice", "ALICE"},
		{"Alice", "Аlice"},         // Cyrillic
		{"Alice", "Alіce"},         // Cyrillic
		{"Alice", "A1ice"},         // a digit
		{"Alice", "AIice"},         // a capital I
		{"Alice", "Ali\u200bce"},   // of no width
		{"Alice", "\u202eAlice"},   // reordered
		{"Alice", "Ali\u3164ce"},   // blank
		{"Alice", "Alice\ufe0f"},   // a selector
		{"Alice", " Al ice\u00a0"}, // spaces
		{"Alice", "Ａｌｉｃｅ"},         // full width
		{"Zoë", "Zoe\u0308"},       // the same in two parts
		{"Zoë", "Zoe"},             //
		{"Bob", "ΒΟΒ"},             // Greek
		{"Bob", "B0b"},             //
		{"Marnie", "Mamie"},        // two letters as one
		{"Борис", "БОРИС"},         //
		{"a\U000e0041b", "ab"},     // a tag
		{"\xff", "\ufffd"},         // no UTF-8
		{"Αλίκη", "ΑΛΊΚΗ"},         //
	} {
		if !safe.Alike(pair[0], pair[1]) {
			t.Errorf("%q is told from %q: %q, %q", pair[0], pair[1], safe.Skeleton(pair[0]), safe.Skeleton(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"Alice", "Alicia"}, {"Alice", "Bob"}, {"Борис", "Бориска"}, {"日本", "日木"}, {"", "a"}} {
		if safe.Alike(pair[0], pair[1]) {
			t.Errorf("%q is taken for %q", pair[0], pair[1])
		}
	}
}

func FuzzSkeleton(f *testing.F) {
	f.Add("Alice")
	f.Add("Ali\u200bce\xff\u202e")
	f.Add("ﬃ①İ")
	f.Add("\xf3ӹ")
	f.Add("\x80\x8b")
	f.Fuzz(func(t *testing.T, name string) {
		if upper := strings.ToUpper(name); strings.EqualFold(name, upper) && !strings.ContainsRune(name+upper, '\u0345') && !safe.Alike(name, upper) {
			t.Errorf("%q and %q differ: %q, %q", name, upper, safe.Skeleton(name), safe.Skeleton(upper))
		}
		if !safe.Alike(name, " "+name+"\u200b") {
			t.Errorf("%q is not like itself", name)
		}
	})
}
