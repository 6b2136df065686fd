package tor

import (
	"regexp"
	"strings"
)

const (
	// scrubbed stands for what would identify a bridge.
	scrubbed = "[bridge]"
	// minSecret is the length of the shortest parameter of a bridge that may
	// identify it, in bytes; "iat-mode=0" has one of a single digit.
	minSecret = 8
)

// nickname matches what a bridge calls itself, as tor's log has it: behind its
// fingerprint, and in one message before.
var nickname = regexp.MustCompile(`\$?` + regexp.QuoteMeta(scrubbed) + `[~=]\w{1,19}|(?:bridge|Bridge)( descriptor)? '\w{1,19}'`)

// scrubber takes out of lines what would tell which bridges somebody uses. Tor
// itself logs them.
func (d detour) scrubber() func(line string) string {
	if len(d.bridges) == 0 {
		return func(line string) string { return line }
	}
	var pairs []string
	for _, b := range d.bridges {
		for _, secret := range b.secrets() {
			pairs = append(pairs, secret, scrubbed)
		}
	}
	replacer := strings.NewReplacer(pairs...)
	return func(line string) string {
		return nickname.ReplaceAllString(replacer.Replace(line), scrubbed)
	}
}

// secrets are the parts of a bridge line by which the bridge could be found, longer
// ones before those that they contain.
func (b bridge) secrets() []string {
	secrets := []string{b.addr.String(), b.addr.Addr().String()}
	if b.fingerprint != "" {
		secrets = append(secrets, b.fingerprint, strings.ToLower(b.fingerprint))
	}
	for _, p := range b.params {
		if _, value, _ := strings.Cut(p, "="); len(value) >= minSecret {
			secrets = append(secrets, p, value)
		}
	}
	return secrets
}
