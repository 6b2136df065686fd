package manual_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/manual"
)

func program(t *testing.T) *cobra.Command {
	t.Helper()
	run := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "wire", Short: "Talk <softly>", Long: "wire talks.\n\n  wire say  say it\n\nIt ends.\n\nEXIT STATUS\n  0  well\n  1  not\n"}
	root.PersistentFlags().String("dir", "/there", "folder of `FILES` | and more")
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	say := &cobra.Command{Use: "say TEXT", Short: "Say it…", Long: ".hidden says 'it' \\fB*now*.\n'tis so.\n\nEXIT STATUS\n  0  well\n  1  not\n", Run: run}
	say.Flags().StringP("file", "f", filepath.Join(home, "x"), "read it from there")
	say.Flags().Bool("loud", false, "cry")
	say.Flags().String("secret", "", "not told")
	if err := say.Flags().MarkHidden("secret"); err != nil {
		t.Fatal(err)
	}
	root.AddCommand(say, &cobra.Command{Use: "bygone", Short: "Gone", Hidden: true, Run: run})
	return root
}

var about = manual.About{Name: "Wire", Version: "v1", Date: time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC)}

func TestPages(t *testing.T) {
	pages := manual.Pages(program(t), about)
	if got := slices.Sorted(maps.Keys(pages)); !slices.Equal(got, []string{"wire-say.1", "wire.1"}) {
		t.Fatalf("the pages are %q", got)
	}
	for name, want := range map[string][]string{
		"wire.1": {
			".TH \"WIRE\" 1 \"2026\\-03\\-01\" \"Wire v1\" \"Wire\"\n", "wire \\- Talk <softly>\n", ".nf\n  wire say  say it\n.fi\n",
			".SH EXIT STATUS\n.nf\n  0  well\n", ".TP\n.B say\nSay it\\[u2026]\n", "\\fB\\-\\-dir\\fR \\fIFILES\\fR\n", "(default: /there)", ".BR wire\\-say (1)",
		},
		"wire-say.1": {
			"\\&.hidden says \\(aqit\\(aq \\efB*now*.\n\\(aqtis so.\n", "\\fB\\-f, \\-\\-file\\fR \\fIstring\\fR\n", "(default: \\(ti/x)", "\\-\\-dir", ".B wire say\nTEXT [flags]\n",
		},
	} {
		for _, w := range want {
			if !strings.Contains(pages[name], w) {
				t.Errorf("%s has no %q:\n%s", name, w, pages[name])
			}
		}
		for _, no := range []string{"secret", "bygone", "\\-\\-help"} {
			if strings.Contains(pages[name], no) {
				t.Errorf("%s has %q", name, no)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	text := manual.Markdown(program(t))
	for _, want := range []string{
		"- [`wire say`](#wire-say): Say it…\n", "## wire say\n\nSay it….\n\n```\nwire say TEXT [flags]\n```\n", "\\*now\\*",
		"| `-f, --file string` | read it from there (default: `~/x`) |\n", "| `--dir FILES` | folder of FILES \\| and more (default: `/there`) |\n",
		"Talk \\<softly>.", "**Exit status**\n\n```\n  0  well\n  1  not\n```\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Count(text, "--dir FILES") != 1 || strings.Count(text, "Exit status") != 1 {
		t.Error("what all commands have is there more than once")
	}
}

// No line of a text is taken for a request.
func TestRequests(t *testing.T) {
	requests := []string{".TH", ".SH", ".TP", ".B", ".BR", ".PP", ".nf", ".fi"}
	for name, page := range manual.Pages(program(t), about) {
		for line := range strings.Lines(page) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !slices.Contains(requests, word) {
				t.Errorf("%s has the line %q", name, line)
			}
		}
	}
}
