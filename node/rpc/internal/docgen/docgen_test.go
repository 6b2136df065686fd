package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder is that of package rpc.
var folder = filepath.Join("..", "..")

// The document is what docgen makes of it: "go generate ./node/rpc" does.
func TestDocumentIsGenerated(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(folder, "..", "..", "docs", "rpc.md"))
	if err != nil {
		t.Fatal(err)
	}
	have := string(b)
	want, err := generate(folder, have)
	if err != nil {
		t.Fatal(err)
	}
	if have == want {
		return
	}
	wanted := strings.Split(want, "\n")
	for i, line := range strings.Split(have, "\n") {
		if i >= len(wanted) || line != wanted[i] {
			t.Fatalf("line %d of docs/rpc.md is out of date:\n%s", i+1, line)
		}
	}
	t.Fatal("docs/rpc.md ends too early")
}

// Nothing is without a word: methods, kinds of errors and of events, and values.
func TestEverythingIsSaid(t *testing.T) {
	c := newComments()
	for prefix, dir := range map[string]string{"": folder, "ledger.": filepath.Join(folder, "..", "ledger")} {
		if err := c.read(dir, prefix); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range newTables(c).blocks() {
		if name == "objects" {
			continue // what says enough by its name needs no words
		}
		for line := range strings.Lines(text) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			what := cells[len(cells)-2]
			if name == "events" {
				what = cells[2]
			}
			if strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(what), "a signal:")) == "" && !strings.Contains(line, "| type | value |") {
				t.Errorf("%s: nothing is said in %s", name, line)
			}
		}
	}
}

func TestFragments(t *testing.T) {
	names := map[string]string{"Alias": "alias", "Settings": "settings", "AddContact": "add_contact", "ErrState": "wrong_state", "Tor": "tor"}
	for _, tt := range []struct{ name, comment, want string }{
		{"Contact.Name", "Name is what the contact calls itself, Alias what it is\ncalled here.\n", "what the contact calls itself, `alias` what it is called here"},
		{"Edit", "Edit changes a message. If it has left, the error matches ErrState.\n", "changes a message. If it has left, the error matches `wrong_state`."},
		{"ErrState", "ErrState means that it is too late.\n", "it is too late"},
		{"Size", "Size and Done are in bytes.\n", "in bytes"},
		{"x", "What it is about. Settings are elsewhere: [AddContact] says\nmore of Tor.", "what it is about. Settings are elsewhere: `add_contact` says more of Tor."},
		{"Unread", "Unread is up to ledger.MaxUnread.\n\nMore is in another paragraph.\n", "up to 10,000"},
		{"RequestReceived", "RequestReceived: somebody asks | waits.\n", `somebody asks \| waits`},
		{"Nobody", "", ""},
	} {
		if got := fragment(tt.name, tt.comment, names); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.comment, got, tt.want)
		}
	}
}

func TestBlocks(t *testing.T) {
	const document = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: y -->\n<!-- end -->\n"
	got, err := replaceBlocks(document, map[string]string{"x": "1\n", "y": "2\n"})
	if want := "a\n<!-- generated: x -->\n\n1\n\n<!-- end -->\nb\n<!-- generated: y -->\n\n2\n\n<!-- end -->\n"; err != nil || got != want {
		t.Errorf("it becomes %q, %v", got, err)
	}
	for name, tt := range map[string]struct {
		document string
		blocks   map[string]string
	}{
		"a block too much": {document, map[string]string{"x": ""}},
		"a text too much":  {document, map[string]string{"x": "", "y": "", "z": ""}},
		"a block twice":    {document + document, map[string]string{"x": "", "y": ""}},
		"no end":           {"<!-- generated: x -->\n", map[string]string{"x": ""}},
		"no name":          {"<!-- generated: x", map[string]string{"x": ""}},
	} {
		if _, err := replaceBlocks(tt.document, tt.blocks); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
