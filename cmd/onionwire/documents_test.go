package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
)

// top is the folder of the module, as seen from this one.
const top = "../.."

// forPeople are the documents that are not made of the code.
var forPeople = []string{
	"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/guide.md", "docs/threat-model.md",
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestLinksOfDocuments: what a document points to in this repository is there.
func TestLinksOfDocuments(t *testing.T) {
	target := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, name := range forPeople {
		for _, m := range target.FindAllStringSubmatch(document(t, name), -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(path, "://") {
				continue
			}
			to := name
			if path != "" {
				to = filepath.Join(filepath.Dir(name), path)
			}
			if _, err := os.Stat(filepath.Join(top, to)); err != nil {
				t.Errorf("%s points to %s, which is not there", name, to)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(document(t, to)), anchor) {
				t.Errorf("%s points to %s, which has no heading %q", name, to, anchor)
			}
		}
	}
}

// anchors are the names of the headings of a document, as GitHub makes them.
func anchors(text string) (all []string) {
	fenced := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if fenced || !strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(strings.TrimLeft(line, "#")))
		all = append(all, name)
	}
	return all
}

// TestEvidenceOfTheThreatModel: the tests that it names are there.
func TestEvidenceOfTheThreatModel(t *testing.T) {
	named := regexp.MustCompile("`(Test[A-Z][A-Za-z0-9]*)`")
	var code bytes.Buffer
	err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		code.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := named.FindAllStringSubmatch(document(t, "docs/threat-model.md"), -1)
	if len(all) < 30 {
		t.Errorf("the threat model names %d tests", len(all))
	}
	for _, m := range all {
		if !bytes.Contains(code.Bytes(), []byte("func "+m[1]+"(")) {
			t.Errorf("there is no test %s", m[1])
		}
	}
}

// TestCommandsInDocuments: the commands that people are told to type are there, with
// their flags.
func TestCommandsInDocuments(t *testing.T) {
	for _, name := range forPeople {
		for _, line := range typed(document(t, name)) {
			words := strings.Fields(line)
			c, rest, err := newRoot().Find(words)
			if err != nil || !c.HasParent() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
				t.Errorf("%s: there is no command onionwire %s", name, line)
				continue
			}
			for _, w := range words {
				flag, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
				if strings.HasPrefix(w, "--") && !hasFlag(c, flag) {
					t.Errorf("%s: onionwire %s: there is no flag --%s", name, line, flag)
				}
			}
		}
	}
}

// typed returns what stands behind the name of the program wherever it is called in
// code, as far as the shell hands it to the program.
func typed(text string) (all []string) {
	call := regexp.MustCompile(`(?:^|[ (])onionwire +([^|#&;>)]+)`)
	add := func(code string) {
		for _, m := range call.FindAllStringSubmatch(code, -1) {
			line := strings.Join(strings.Fields(m[1]), " ")
			all = append(all, strings.TrimPrefix(line, "onionwire ")) // sudo -u onionwire onionwire
		}
	}
	inline := regexp.MustCompile("`([^`]+)`")
	for i, part := range strings.Split(text, "\n```") {
		if i%2 == 0 {
			for _, m := range inline.FindAllStringSubmatch(part, -1) {
				add(strings.ReplaceAll(m[1], "\n", " "))
			}
			continue
		}
		for line := range strings.Lines(part) {
			add(strings.TrimSuffix(line, "\n"))
		}
	}
	return all
}

func hasFlag(c *cobra.Command, name string) bool {
	return name == "help" || name == "version" || c.Flags().Lookup(name) != nil || c.InheritedFlags().Lookup(name) != nil
}
