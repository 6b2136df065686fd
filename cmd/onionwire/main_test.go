package main

import (
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/node/vault"
)

func TestMain(m *testing.M) { clitest.Main(m, "onionwire", cheaply) }

// cheaply is the program, except that trying a passphrase costs next to nothing: under
// the race detector it takes seconds.
func cheaply() {
	vault.DefaultCost = vault.Cost{Time: 1, Memory: 8, Threads: 1}
	main()
}
