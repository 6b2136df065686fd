package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// Published waits until ready says that an onion service can be reached, and
// tells on w what is going on. Of a tor that keeps this to itself it is assumed.
func Published(ctx context.Context, w io.Writer, ready func(context.Context) error) error {
	fmt.Fprintln(w, "publishing the onion service")
	err := ready(ctx)
	if errors.Is(err, tor.ErrReadinessUnknown) {
		fmt.Fprintln(w, "this tor does not tell when the service can be reached; give it a minute")
		return nil
	}
	return err
}

// FollowService tells on w when an onion service that could be reached no longer
// can, and when it can again, until ctx ends or the service is gone, for which it
// returns the reason.
func FollowService(ctx context.Context, w io.Writer, status iter.Seq[tor.ServiceStatus]) error {
	reached, lost := false, false
	for st := range status {
		switch {
		case st.Phase == tor.Gone:
			return st.Err
		case st.Phase == tor.Reachable && lost:
			fmt.Fprintln(w, "your address can be reached again")
			lost = false
		case st.Phase == tor.Degraded && reached && !lost:
			fmt.Fprintln(w, "your address cannot be reached for now; that is being mended")
			lost = true
		}
		reached = reached || st.Phase == tor.Reachable
	}
	return ctx.Err()
}
