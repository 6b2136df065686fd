package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

var megabyte = strings.Repeat("0123456789abcdef", 1<<16)

func (u *ui) wantDraft(want string) {
	u.t.Helper()
	if got, err := u.api.Draft(ctx, 1); err != nil || got != want {
		u.t.Errorf("the draft has %d bytes (%.40q, %v), want %d (%.40q)", len(got), got, err, len(want), want)
	}
}

// in one folder, as long as a test lasts.
func inFolder(folder string) func(o *tui.Options) {
	return func(o *tui.Options) { o.Folder = func() string { return folder } }
}

// What is too long for a message is a draft as any other, with what it was pasted into.
func TestLongPasteIsKept(t *testing.T) {
	in(t, 120, 24, pair, func(u *ui) {
		u.press("alt+down")
		u.typed("Look: ")
		u.send(paste(megabyte[len("Look: "):]))
		u.sees("1.0 MiB: Enter sends a file", "› Look: 6789")
		u.typed("x")
		u.sees("first send or drop the long text")
		u.pass(2 * time.Second)
		u.wantDraft("Look: " + megabyte[len("Look: "):])
		u.send(paste(megabyte))
		u.sees("not pasted: that would be 2.0 MiB, and 1.0 MiB is the most")
		u.press("ctrl+q")
		again := start(u.t, 120, 24, u.api)
		again.sees("1.0 MiB: Enter sends a file", "› Look: 6789")
		if err := again.m.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What could not be sent as a file is still there.
func TestLongPasteIsNotSent(t *testing.T) {
	failure := rpc.ErrNotRunning
	in(t, 120, 24, failing("SendFile", &failure), func(u *ui) {
		u.press("alt+down")
		u.send(paste(megabyte))
		u.press("enter")
		u.sees("the text was not sent", "1.0 MiB: Enter sends a file")
		failure = nil
		u.press("enter")
		u.misses("1.0 MiB: Enter")
		u.wantDraft("")
	})
}

// The file of a long text goes when it has arrived. If it was not taken, the text comes back.
func TestPastedFileGoes(t *testing.T) {
	for state, back := range map[rpc.FileState]string{rpc.ArrivedFile: "", rpc.DeclinedFile: megabyte} {
		t.Run(string(state), func(t *testing.T) {
			folder := t.TempDir()
			files := func() []string {
				found, _ := filepath.Glob(filepath.Join(folder, "texts", "*"))
				return found
			}
			in(t, 120, 24, pair, func(u *ui) {
				u.press("alt+down")
				u.send(paste(megabyte))
				u.press("enter")
				if len(files()) != 1 {
					t.Fatalf("the files are %q", files())
				}
				if info, err := os.Stat(filepath.Join(folder, "texts")); err != nil || info.Mode().Perm() != 0o700 {
					t.Errorf("the folder is %v, %v", info, err)
				}
				u.api.SetFile(1, func(f *rpc.File) { f.State = rpc.MovingFile })
				u.pass(2 * time.Second)
				if len(files()) != 1 {
					t.Fatal("the file has gone while it is sent")
				}
				u.api.SetFile(1, func(f *rpc.File) { f.State = state })
				u.pass(2 * time.Second)
				if len(files()) != 0 {
					t.Errorf("%q is left", files())
				}
				u.wantDraft(back)
			}, inFolder(folder))
		})
	}
}
