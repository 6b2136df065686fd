package tortest

import "strings"

const fakeRedacted = "[redacted]"

// fakeRedact takes the secrets out of a command line.
func fakeRedact(line string) string {
	keyword, rest, ok := strings.Cut(line, " ")
	if !ok {
		return line
	}
	secret := 0 // which argument is TYPE:SECRET
	switch strings.ToUpper(keyword) {
	case "AUTHENTICATE":
		return keyword + " " + fakeRedacted
	case "ADD_ONION":
	case "ONION_CLIENT_AUTH_ADD":
		secret = 1
	default:
		return line
	}
	args := strings.Fields(rest)
	if secret < len(args) {
		kind, blob, _ := strings.Cut(args[secret], ":")
		switch {
		case strings.EqualFold(kind, "NEW"):
		case blob != "":
			args[secret] = kind + ":" + fakeRedacted
		default: // a key whose type was forgotten
			args[secret] = fakeRedacted
		}
	}
	return keyword + " " + strings.Join(args, " ")
}
