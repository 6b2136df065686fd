package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

// cellAllocations is how many a cell may make, to be sealed or to be opened; they
// are the same in every run.
const cellAllocations = 8

func TestAllocationsWithinAChain(t *testing.T) {
	for _, size := range []int{0, e2ee.OneCell, e2ee.MaxContent} {
		alice, bob := newSessions(t)
		content := make([]byte, size)
		wantOpens(t, bob, seal(t, alice, content), content) // begins the chain
		both := testing.AllocsPerRun(100, func() {
			cell, err := alice.Seal(content)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := bob.Open(cell, now); err != nil {
				t.Fatal(err)
			}
		})
		seals := testing.AllocsPerRun(100, func() {
			if _, err := alice.Seal(content); err != nil {
				t.Fatal(err)
			}
		})
		if seals > cellAllocations {
			t.Errorf("Seal of %d bytes makes %.0f allocations, want at most %d", size, seals, cellAllocations)
		}
		if opens := both - seals; opens > cellAllocations {
			t.Errorf("Open of %d bytes makes %.0f allocations, want at most %d", size, opens, cellAllocations)
		}
	}
}
