package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/reach"
	"github.com/onionwire/onionwire/node/wire"
)

// TestNumbersOfTheDocument are those of the program.
func TestNumbersOfTheDocument(t *testing.T) {
	b, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(b)), " ")
	for _, want := range []string{
		fmt.Sprintf("at most %d cells with items, and %d KiB", engine.MaxInFlight, engine.MaxInFlightBytes>>10),
		fmt.Sprintf("at least the last %d. All of this", engine.MaxRetired),
		fmt.Sprintf("At most %d contacts are *asking*", engine.MaxRequests),
		fmt.Sprintf("no more than %d times in an hour", engine.MaxDisplaced),
		fmt.Sprintf("at most %d links with strangers", engine.MaxStrangers),
		fmt.Sprintf("*rejected* there are at most %d,", reach.MaxGuests),
		fmt.Sprintf("when %d of that contact are open is declined", engine.MaxOffers),
		fmt.Sprintf("at least the last %d,%03d that are final", engine.MaxEnded/1000, engine.MaxEnded%1000),
		fmt.Sprintf("the lower side %d seconds after", int(reach.Patience.Seconds())),
		fmt.Sprintf("less than %d seconds after the older was first heard", int(reach.Crossing.Seconds())),
		fmt.Sprintf("not used for %d minutes SHOULD be closed", int(reach.IdleAfter.Minutes())),
		fmt.Sprintf("At most %d contacts SHOULD be dialled at a time, and at most %d have links", reach.MaxDials, reach.MaxLinks),
		fmt.Sprintf("**Addresses** are at least 1 and at most %d", wire.MaxAddresses),
		fmt.Sprintf("| MaxSessions | %d with one contact", e2ee.MaxSessions),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}
