package tor

import (
	"errors"
	"strings"
)

var errQuoting = errors.New("malformed quoted string")

// keywords splits an argument list of a control reply into its positional words
// and its KEY=VALUE pairs, of which the value may be a quoted string
// (control-spec sections 2.1 and 2.3). A key that is given twice keeps its
// first value.
func keywords(s string) (words []string, pairs map[string]string, err error) {
	pairs = make(map[string]string)
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		end := strings.IndexAny(s, " =\"")
		if end < 0 {
			return append(words, s), pairs, nil
		}
		switch s[end] {
		case ' ':
			words, s = append(words, s[:end]), s[end:]
		case '"':
			if end != 0 {
				return nil, nil, errQuoting
			}
			var word string
			if word, s, err = unquote(s); err != nil {
				return nil, nil, err
			}
			words = append(words, word)
		case '=':
			key, value := s[:end], ""
			if s = s[end+1:]; strings.HasPrefix(s, `"`) {
				if value, s, err = unquote(s); err != nil {
					return nil, nil, err
				}
			} else {
				value, s, _ = strings.Cut(s, " ")
			}
			if _, twice := pairs[key]; !twice {
				pairs[key] = value
			}
		}
	}
	return words, pairs, nil
}

// unquote reads the quoted string at the start of s and returns what follows
// it. Tor escapes as C does: a backslash, then n, t, r, up to three octal
// digits, or the character itself.
func unquote(s string) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], nil
		case '\\':
			if i++; i == len(s) {
				return "", "", errQuoting
			}
			switch c := s[i]; c {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '0', '1', '2', '3', '4', '5', '6', '7':
				n, end := 0, min(i+3, len(s))
				for ; i < end && s[i] >= '0' && s[i] <= '7'; i++ {
					n = n*8 + int(s[i]-'0')
				}
				i--
				if n > 255 {
					return "", "", errQuoting
				}
				b.WriteByte(byte(n))
			default:
				b.WriteByte(c)
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", errQuoting
}
