package tor

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// ErrUnsupported means that a daemon cannot do what an onion service must not be
// without: it is too old for it, or a filter in front of it does not let it
// through.
var ErrUnsupported = errors.New("the tor daemon does not support what the onion service needs")

// Feature is something about an onion service that not every daemon can do. Its
// text is for people.
type Feature string

const (
	// ClientAuth is [ServiceConfig.Clients]. No service is ever published without
	// it that was to have it.
	ClientAuth Feature = "client authorisation"
	// ProofOfWork is [ServiceConfig.PoW]: new in ADD_ONION of tor 0.4.9.
	ProofOfWork Feature = "proof-of-work defence"
	// StreamLimit is [ServiceConfig.MaxStreams].
	StreamLimit Feature = "limit of streams per circuit"
)

// words are what ADD_ONION has for each feature, in lower case (control-spec
// section 3.27).
var words = map[Feature][]string{
	ClientAuth:  {"clientauthv3", "v3auth"},
	ProofOfWork: {"powdefensesenabled", "powqueuerate", "powqueueburst"},
	StreamLimit: {"maxstreams", "maxstreamsclosecircuit"},
}

const (
	// filtered is how a control port filter refuses a command (control-spec
	// section 4: "unrecognized command"), without a word about what is wrong.
	filtered = 510
	// badArgument and badValue are how tor refuses an argument.
	badArgument, badValue = 512, 513
)

// unsupported returns which of the features that were asked for a refusal is
// about. A filter does not say, so it may be about any that one can do without.
// That tor does not like the value of an argument which it knows is no such
// refusal.
func unsupported(refused *RefusedError, asked, required []Feature) (found []Feature) {
	if refused == nil {
		return nil
	}
	text := strings.ToLower(refused.Text)
	unknown := (refused.Code == badArgument || refused.Code == badValue) &&
		(strings.Contains(text, "unrecognized") || strings.Contains(text, "'flags'"))
	for _, f := range asked {
		named := func(word string) bool { return strings.Contains(text, `"`+word+`"`) }
		if unknown && slices.ContainsFunc(words[f], named) ||
			refused.Code == filtered && f != ClientAuth && !slices.Contains(required, f) {
			found = append(found, f)
		}
	}
	return found
}

// lacks returns what a tor program was built without, although it takes the words
// for it. One that does not tell is taken to be complete.
func (b Binary) lacks(ctx context.Context) []Feature {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.Path, "--list-modules")
	cmd.WaitDelay = time.Second
	modules := versionOutput{tooMuch: cancel}
	cmd.Stdout = &modules
	if err := cmd.Run(); err != nil {
		return nil
	}
	for line := range strings.Lines(modules.text.String()) {
		if strings.TrimSpace(line) == "pow: no" {
			return []Feature{ProofOfWork}
		}
	}
	return nil
}
