package compile_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/compile"
)

// TestPatternsMatch: a package that was renamed, or is gone, would be compiled otherwise
// without anybody noticing.
func TestPatternsMatch(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./onionwire")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	used := strings.Fields(string(out))
	for _, pattern := range compile.Inlined {
		folder, below := strings.CutSuffix(pattern, "/...")
		found := false
		for _, p := range used {
			found = found || p == folder || below && strings.HasPrefix(p, folder+"/")
		}
		if !found {
			t.Errorf("no package of the program matches %s", pattern)
		}
	}
}
