package main

import (
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m, "onionwire", main) }

func TestScript(t *testing.T) { clitest.Script(t) }
