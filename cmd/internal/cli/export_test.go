package cli

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// For the tests of this package.
var (
	HintFor = Program{}.HintFor
	Layout  = layout

	WantsJSON = wantsJSON
)

// LastHint is what HintFor falls back to.
const LastHint = lastHint

// BarFrame is what Layout leaves for what stands around the bar, in columns.
const BarFrame = barFrame

// Report tells err as a program does.
func Report(w io.Writer, program string, err error, known ...Known) int {
	return Program{Root: &cobra.Command{Use: program}, Known: known}.report(w, err)
}

// ReportJSON tells err as a program with a flag --json does.
func ReportJSON(w io.Writer, err error, codes map[int]string, known ...Known) int {
	return Program{Root: &cobra.Command{Use: "prog"}, Known: known, Codes: codes}.reportJSON(w, err)
}

// ShowBar shows states on f as WaitReady does on a terminal.
func ShowBar(f *os.File, prefix string, states ...tor.Progress) {
	b := newBar(f, prefix)
	defer b.clear()
	for _, s := range states {
		b.show(s)
	}
}

// AddBridges adds to cfg what f says about bridges.
func AddBridges(f *TorFlags, cfg *tor.Config) error { return f.addBridges(cfg) }

// InstallOn is the command for an os-release(5), InstallAs what a user does with it.
var (
	InstallOn = installOn
	InstallAs = installAs
)
