package safety_test

import (
	"fmt"
	"strings"
)

// compared is what Alice could be told or shown when her number is the first.
func compared(numbers []vectorNumber) []vectorInput {
	own, other := numbers[0], numbers[1]
	digits := strings.ReplaceAll(own.Digits, " ", "")
	words := strings.Fields(own.Words)
	short := make([]string, len(words))
	for i, w := range words {
		short[i] = w[:min(len(w), 4)]
	}
	with := func(i int, word string) string {
		all := append([]string(nil), words...)
		all[i] = word
		return strings.Join(all, " ")
	}
	code := own.BobCode
	wrongEnd := "0"
	if strings.HasSuffix(digits, "0") {
		wrongEnd = "1"
	}
	var all []vectorInput
	for _, c := range [][3]string{
		{"match", "digits", own.Digits},
		{"match", "digits without spaces", digits},
		{"match", "digits with other spaces", " " + digits[:7] + "\n\t" + digits[7:31] + "\u00a0" + digits[31:] + "\r\n"},
		{"no match", "digits of other people", other.Digits},
		{"no match", "the last digit wrong", digits[:59] + wrongEnd},
		{"no match", "the halves exchanged", digits[30:] + digits[:30]},
		{"malformed", "nothing", ""},
		{"malformed", "white space", " \n"},
		{"malformed", "one half", digits[:30]},
		{"malformed", "a digit missing", digits[1:]},
		{"malformed", "a digit too many", digits + "0"},
		{"malformed", "a letter among the digits", digits[:30] + "O" + digits[31:]},
		{"malformed", "a digit of another script", digits[:59] + "\u0661"},
		{"malformed", "a sign", "+" + digits[1:]},

		{"match", "words", own.Words},
		{"match", "words in upper case", strings.ToUpper(own.Words)},
		{"match", "words with other spaces", "\n" + strings.Join(words, " \t") + " "},
		{"match", "four letters of each word", strings.Join(short, " ")},
		{"match", "four letters of one word", with(3, strings.ToUpper(short[3]))},
		{"no match", "words of other people", other.Words},
		{"no match", "another word", with(15, different(words[15]))},
		{"no match", "two words exchanged", strings.Join(append([]string{words[1], words[0]}, words[2:]...), " ")},
		{"malformed", "a word missing", strings.Join(words[1:], " ")},
		{"malformed", "a word too many", own.Words + " " + words[0]},
		{"malformed", "words without spaces", strings.Join(words, "")},
		{"malformed", "words with hyphens", strings.Join(words, "-")},
		{"malformed", "a word that is not in the list", with(4, "onion-wire")},
		{"malformed", "a word behind the list", with(4, "zzzz")},
		{"malformed", "three letters of a word", with(4, "aba")},
		{"malformed", "five letters of a word", with(4, "aband")},
		{"malformed", "a word and more", with(4, "abandoned")},
		{"malformed", "a letter with an ASCII lower case", with(4, "\u212anife")},
		{"malformed", "digits and words", digits[:30] + " " + strings.Join(words[8:], " ")},
		{"malformed", "far too long", strings.Repeat("abandon ", 200)},

		{"match", "Bob's code", code},
		{"match", "Bob's code in lower case", strings.ToLower(code)},
		{"match", "Bob's code with white space around it", " " + code + "\n"},
		{"own", "Alice's own code", own.AliceCode},
		{"no match", "a code of other people", other.BobCode},
		{"no match", "a code of two fingerprints of Bob", refCode(1, own.BobFingerprint, own.BobFingerprint)},
		{"no match", "Bob's code for somebody else", refCode(1, own.BobFingerprint, other.BobFingerprint)},
		{"no match", "somebody else's code for Alice", refCode(1, other.BobFingerprint, own.AliceFingerprint)},
		{"newer", "a code of version 2", refCode(2, own.BobFingerprint, own.AliceFingerprint)},
		{"malformed", "a code of version 0", refCode(0, own.BobFingerprint, own.AliceFingerprint)},
		{"malformed", "a code in mixed case", strings.ToLower(code[:17]) + code[17:]},
		{"malformed", "a code that is cut off", code[:len(code)-8]},
		{"malformed", "a code that is too long", code + "AAAAAAAA"},
		{"malformed", "a code with a character that is not base32", code[:40] + "1" + code[41:]},
		{"malformed", "a code with white space in it", code[:40] + " " + code[41:]},
		{"malformed", "a code without its scheme", code[17:]},
		{"malformed", "the scheme alone", code[:17]},
		{"malformed", "a contact link", "onionwire:" + strings.ToLower(code[17:])},

		{"match", "digits, and as much white space as there may be", digits[:30] + strings.Repeat(" ", 1024-60) + digits[30:]},
		{"malformed", "digits, and one space too many", digits[:30] + strings.Repeat(" ", 1025-60) + digits[30:]},
		{"malformed", "digits, and too much white space around them", strings.Repeat(" ", 1000) + digits},
		{"malformed", "words, and too much white space", own.Words + strings.Repeat("\n", 1025-len(own.Words))},
		{"malformed", "Bob's code, and too much white space around it", code + strings.Repeat(" ", 1025-len(code))},
		{"malformed", "a control character that is no white space around the code", code + "\x1f"},
		{"malformed", "a control character that is no white space between words", strings.Replace(own.Words, " ", " \x1c ", 1)},
	} {
		all = append(all, vectorInput{Result: c[0], Comment: c[1], Text: c[2]})
	}
	for c := '\x1c'; c <= '\x1f'; c++ {
		all = append(all, vectorInput{
			Result: "malformed", Comment: fmt.Sprintf("U+%04X among the digits, which is no white space", c),
			Text: digits[:30] + string(c) + digits[30:],
		})
	}
	return all
}

func different(word string) string {
	if word == "abandon" {
		return "ability"
	}
	return "abandon"
}
