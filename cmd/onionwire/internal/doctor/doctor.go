// Package doctor looks for what keeps a profile from working, and says what to do about
// each thing that it finds. It changes nothing.
package doctor

import (
	"context"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// Outcome is how a check has ended.
type Outcome string

// Outcomes, the better ones first.
const (
	// OK means that all is well.
	OK Outcome = "ok"
	// Warn means that something may be wrong, or could not be looked at.
	Warn Outcome = "warn"
	// Fail means that it does not work like this.
	Fail Outcome = "fail"
)

// Result is what a check has found.
type Result struct {
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	// Found is what there is, Todo what to do about it, both for people.
	Found string `json:"found"`
	Todo  string `json:"todo,omitempty"`
}

// Config says what to look at.
type Config struct {
	// Root and Name are the folder of all profiles, and the name of one.
	Root, Name string
	// Now is the time by the clock of this machine.
	Now time.Time
	// Built is when the program was made, or zero if nobody knows.
	Built time.Time
	// Misconfigured is what is wrong with the files for configuration or the environment,
	// if anything is: the defaults are looked at then.
	Misconfigured error
	// Attached is where the tor is that others run and that is to be used, or empty.
	// Binary is the tor program otherwise, or empty to look for it.
	Attached, Binary string
	// Patience is how long Tor is given to connect.
	Patience time.Duration
	// StartTor starts a daemon with its data in a folder, or attaches to one. Nil: no
	// connection is tried.
	StartTor func(ctx context.Context, dataDir string) (*tor.Daemon, error)
	// Hint says what to do about an error.
	Hint func(error) string

	// What checks have found to be missing, without which others have nothing to look at.
	noProfile, noTor bool
}

// check is one thing to look at. The zero Result says that there is nothing.
type check struct {
	name string
	run  func(context.Context, *Config) Result
}

// checks in the order in which people would look.
var checks = []check{
	{"clock", clock},
	{"config", configuration},
	{"profile", profileFolder},
	{"disk", disk},
	{"node", running},
	{"tor", program},
	{"bootstrap", bootstrap},
}

// Run makes all checks and tells each result as soon as it is there. It returns the
// worst outcome, or the error of ctx if that ends first.
func Run(ctx context.Context, cfg Config, tell func(Result) error) (Outcome, error) {
	worst := OK
	for _, c := range checks {
		r := c.run(ctx, &cfg)
		if ctx.Err() != nil {
			return worst, context.Cause(ctx)
		}
		if r == (Result{}) {
			continue
		}
		r.Check = c.name
		if err := tell(r); err != nil {
			return worst, err
		}
		if r.Outcome == Fail || worst == OK {
			worst = r.Outcome
		}
	}
	return worst, nil
}

func well(found string) Result { return Result{Outcome: OK, Found: found} }

func (cfg *Config) failed(err error) Result {
	return Result{Outcome: Fail, Found: err.Error(), Todo: cfg.Hint(err)}
}
