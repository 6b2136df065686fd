package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

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
