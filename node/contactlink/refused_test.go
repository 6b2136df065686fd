package contactlink_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"filippo.io/edwards25519"
)

// refusedLinks are links with one mistake each, and the class of the error that
// tells of it.
func refusedLinks(t testing.TB) []vectorRefused {
	t.Helper()
	var all []vectorRefused
	add := func(class, comment, text string) {
		all = append(all, vectorRefused{Comment: comment, Text: text, Error: class})
	}
	refusedTexts(add)
	refusedFields(add)
	refusedNames(add)
	refusedKeys(t, add)
	refusedMultiaddrs(t, add)
	return all
}

type adder func(class, comment, text string)

func refusedTexts(add adder) {
	r := newReference(0x00, 0x20)
	text, raw := r.text(), r.raw()
	body := strings.TrimPrefix(text, "onionwire:")

	add("malformed", "nothing", "")
	add("malformed", "white space", " \n")
	add("malformed", "the scheme alone", "onionwire:")
	add("malformed", "one character", "onionwire:a")
	add("malformed", "the version alone", "onionwire:ae")
	add("malformed", "no scheme", body)
	add("malformed", "another scheme", "onionwires:"+body)
	add("malformed", "slashes behind the scheme", "onionwire://"+body)
	add("malformed", "white space behind the scheme", "onionwire: "+body)
	add("malformed", "a line break in the middle", text[:60]+"\n"+text[60:])
	add("malformed", "the scheme in upper case", "ONIONWIRE:"+body)
	add("malformed", "all but the scheme in upper case", "onionwire:"+strings.ToUpper(body))
	add("malformed", "the scheme in mixed case", "Onionwire:"+body)
	add("malformed", "one character in upper case", text[:40]+strings.ToUpper(text[40:41])+text[41:])
	add("malformed", "a character that is not base32", text[:40]+"1"+text[41:])
	add("malformed", "a letter with an ASCII lower case", "ONIONWIRE:"+strings.ToUpper(body)[:40]+"\u212a"+strings.ToUpper(body)[43:])
	add("malformed", "padding", text+"======")
	add("malformed", "something behind it", text+"?name=x")

	for _, c := range []string{"\x1c", "\x1d", "\x1e", "\x1f"} {
		add("malformed", fmt.Sprintf("U+%04X before it, which is no white space", c[0]), c+text)
		add("malformed", fmt.Sprintf("U+%04X behind it, which is no white space", c[0]), text+c)
	}

	zero, next, far := r, r, r
	zero.version, next.version, far.version = 0, 2, 255
	add("malformed", "version 0", zero.text())
	add("newer", "version 2", next.text())
	add("newer", "version 255", far.text())
	add("newer", "version 2 with something unknown behind it", "onionwire:ai!")

	add("malformed", "the last character missing", text[:len(text)-1])
	add("malformed", "one byte too short, with its checksum", sealed(raw[:len(raw)-1]))
	named := newReference(0x00, 0x20, field(1, "A longer name")).text()
	add("checksum", "eight characters of the middle missing", named[:34]+named[42:])
	add("checksum", "cut off at a place where base32 can end", named[:10+120])
	add("checksum", "one character exchanged", text[:40]+other(text[40:41])+text[41:])
	add("checksum", "the checksum of another label", unsealed(append(raw, 1, 2, 3, 4)))

	// 114 characters are 570 bits, of which 568 are used.
	last := strings.IndexByte(alphabet, text[len(text)-1])
	add("malformed", "a bit to spare that is not zero", text[:len(text)-1]+alphabet[last|1:][:1])
	add("malformed", "a length that base32 does not have", text+"a")

	fill := strings.Repeat("x", 255)
	add("malformed", "one byte too long", newReference(0x00, 0x20, field(128, fill), field(129, fill[:183])).text())
	add("malformed", "far too long", "onionwire:ae"+strings.Repeat("a", 4096))
}

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

func other(c string) string {
	if c == "a" {
		return "b"
	}
	return "a"
}

func refusedFields(add adder) {
	for _, tc := range []struct {
		class, comment string
		fields         []byte
	}{
		{"malformed", "a field without a length", []byte{128}},
		{"malformed", "a field that is cut off", []byte{128, 3, 1, 2}},
		{"malformed", "a name that is cut off", []byte{1, 6, 'A', 'l', 'i', 'c', 'e'}},
		{"malformed", "the same field twice", append(field(128, ""), field(128, "")...)},
		{"malformed", "two names", append(field(1, "Alice"), field(1, "Bob")...)},
		{"malformed", "fields in descending order", append(field(129, ""), field(128, "")...)},
		{"malformed", "a name behind a field to be skipped", append(field(128, ""), field(1, "Alice")...)},
		{"newer", "field 0", field(0, "")},
		{"malformed", "an empty client key", field(2, "")},
		{"malformed", "a client key of 31 bytes", field(2, strings.Repeat("k", 31))},
		{"malformed", "a client key of 33 bytes", field(2, strings.Repeat("k", 33))},
		{"malformed", "a client key of zeros", field(2, strings.Repeat("\x00", 32))},
		{"malformed", "an empty invite", field(3, "")},
		{"malformed", "an invite of 15 bytes", field(3, strings.Repeat("i", 15))},
		{"malformed", "an invite of 17 bytes", field(3, strings.Repeat("i", 17))},
		{"malformed", "an invite of zeros", field(3, strings.Repeat("\x00", 16))},
		{"malformed", "an invite before a client key", append(field(3, strings.Repeat("i", 16)), field(2, strings.Repeat("k", 32))...)},
		{"malformed", "two invites", append(field(3, strings.Repeat("i", 16)), field(3, strings.Repeat("j", 16))...)},
		{"newer", "field 4", field(4, "")},
		{"newer", "field 127", field(127, "")},
		{"newer", "a field that must be understood behind the name", append(field(1, "Alice"), field(4, "")...)},
		{"malformed", "a field that is cut off behind a good one", append(field(128, "x"), 129)},
	} {
		add(tc.class, tc.comment, newReference(0x00, 0x20, tc.fields).text())
	}
}

func refusedNames(add adder) {
	for _, tc := range []struct{ comment, name string }{
		{"an empty name", ""},
		{"a name of 65 bytes", strings.Repeat("n", 65)},
		{"a name that is not UTF-8", "Ali\xffce"},
		{"a name with a surrogate", "Ali\xed\xa0\x80ce"},
		{"a name with an overlong encoding", "Ali\xc1\xa1ce"},
		{"a name that is not in normal form C", "Zoe\u0308"},
		{"a name with a character that normal form C replaces", "\u212bngstr\u00f6m"},
		{"a name with a space before it", " Alice"},
		{"a name with a space behind it", "Alice "},
		{"a name with a wide space behind it", "Alice\u3000"},
		{"a name that is a space", " "},
		{"a name with a line break", "Ali\nce"},
		{"a name with a control character", "Ali\x1bce"},
		{"a name with a control character of 8 bits", "Ali\u009bce"},
		{"a name with a zero byte", "Ali\x00ce"},
		{"a name that turns the direction of writing", "Ali\u202ece"},
		{"a name with an isolate", "Ali\u2066ce"},
		{"a name with a mark of direction", "Ali\u200fce"},
		{"a name with a joiner", "Ali\u200dce"},
		{"a name with a zero-width space", "Ali\u200bce"},
		{"a name with a byte order mark", "\ufeffAlice"},
		{"a name with a soft hyphen", "Ali\u00adce"},
		{"a name with a tag", "Alice\U000e0061"},
		{"a name with a line separator", "Ali\u2028ce"},
		{"a name with a paragraph separator", "Ali\u2029ce"},
		{"a name with a character of private use", "Ali\ue000ce"},
		{"a name with a character of private use beyond 2^16", "Ali\U00100000ce"},
	} {
		add("malformed", tc.comment, newReference(0x00, 0x20, field(1, tc.name)).text())
	}
}

// badKeys are encodings that are no public keys, by what is wrong with them.
func badKeys(t testing.TB) []struct {
	comment string
	key     []byte
} {
	t.Helper()
	torsion, err := new(edwards25519.Point).SetBytes(unhex(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := new(edwards25519.Point).SetBytes(keyOf(0x20))
	if err != nil {
		t.Fatal(err)
	}
	return []struct {
		comment string
		key     []byte
	}{
		{"neutral", unhex(t, "0100000000000000000000000000000000000000000000000000000000000000")},
		{"of order 2", unhex(t, "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
		{"of order 4", unhex(t, "0000000000000000000000000000000000000000000000000000000000000080")},
		{"of order 8", torsion.Bytes()},
		{"with a part of order 8", new(edwards25519.Point).Add(mixed, torsion).Bytes()},
		{"not on the curve", unhex(t, "0200000000000000000000000000000000000000000000000000000000000000")},
		{"neutral, not canonical", unhex(t, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
		{"neutral, with a sign", unhex(t, "0100000000000000000000000000000000000000000000000000000000000080")},
		// y = 2^255-19+3, and 3 is on the curve: the same point in two encodings.
		{"not canonical", unhex(t, "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
		{"all ones, not canonical", bytes.Repeat([]byte{0xff}, 32)},
	}
}

func refusedKeys(t testing.TB, add adder) {
	t.Helper()
	for _, k := range badKeys(t) {
		r := newReference(0x00, 0x20)
		r.onion = k.key
		add("malformed", "an onion key that is "+k.comment, r.text())
		r = newReference(0x00, 0x20)
		r.identity = k.key
		add("malformed", "an identity key that is "+k.comment, r.text())
	}
	r := newReference(0x00, 0x20)
	r.onion = make([]byte, 32)
	add("malformed", "an onion key of zeros", r.text())
	r = newReference(0x00, 0x20)
	r.identity = make([]byte, 32)
	add("malformed", "an identity key of zeros", r.text())
	add("malformed", "an onion key that is the identity key", newReference(0x20, 0x20).text())
	r = newReference(0x00, 0x20)
	r.port = 0
	add("malformed", "port 0", r.text())
}
