package tui_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// editor makes an editor of a shell script: "$1" is the text.
func editorOf(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// writes opens an editor in the program, which is given something that was begun.
func writes(t *testing.T, folder, script string, test func(p *program)) {
	t.Helper()
	p := runProgram(t, pair(), inFolder(folder), func(o *tui.Options) { o.Editor = editorOf(t, script) })
	p.shows("Choose a conversation")
	p.send(altDown)
	p.shows("Write a message")
	p.send("begun\x18\x05") // Ctrl+X Ctrl+E
	test(p)
	p.send(ctrlQ)
	p.ends()
}

func wantNoTexts(t *testing.T, folder string) {
	t.Helper()
	if left, _ := filepath.Glob(filepath.Join(folder, "texts", "*")); len(left) != 0 {
		t.Errorf("%q is left", left)
	}
}

// What an editor has written is taken, although it says that it has failed.
func TestEditorThatFails(t *testing.T) {
	folder := t.TempDir()
	writes(t, folder, `printf ' and more\n' >> "$1"; exit 3`, func(p *program) {
		p.shows("and more")
		p.shows("the editor says that it has failed; what it has written was taken")
	})
	writes(t, folder, `exit 3`, func(p *program) { p.shows("the editor has failed, and nothing was changed") })
	writes(t, folder, `rm "$1"`, func(p *program) { p.shows("the text was not taken from the editor") })
	wantNoTexts(t, folder)
}

// A long text is one as if it was pasted. One that is too long for that too stays in its file.
func TestEditorWithLongText(t *testing.T) {
	folder := t.TempDir()
	writes(t, folder, `head -c 100000 /dev/zero | tr '\0' x > "$1"`, func(p *program) { p.shows("97.7 KiB") })
	wantNoTexts(t, folder)
	writes(t, folder, `head -c 2000000 /dev/zero | tr '\0' x > "$1"`, func(p *program) { p.shows("too long to be kept") })
	left, _ := filepath.Glob(filepath.Join(folder, "texts", "kept-*.txt"))
	if len(left) != 1 {
		t.Fatalf("%q is left", left)
	}
	if info, err := os.Stat(left[0]); err != nil || info.Size() != 2_000_000 || info.Mode().Perm() != 0o600 {
		t.Errorf("it is %v, %v", info, err)
	}
}

// What was in an editor when the program was ended is a draft when it starts again.
func TestTextOfAnEditorIsFound(t *testing.T) {
	folder := t.TempDir()
	sheet := filepath.Join(folder, "texts", "edit-1-123")
	if err := os.MkdirAll(sheet, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"message.txt": "begun, and written on\n", "message.txt~": "begun"} {
		if err := os.WriteFile(filepath.Join(sheet, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	begun := func() *apitest.Fake {
		f := pair()
		_ = f.SetDraft(ctx, 1, "begun")
		return f
	}
	in(t, 80, 24, begun, func(u *ui) {
		u.pass(2 * time.Second)
		u.wantDraft("begun, and written on")
		u.press("alt+down")
		u.sees("› begun, and written on")
	}, inFolder(folder))
	wantNoTexts(t, folder)
}
