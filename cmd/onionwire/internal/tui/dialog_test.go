package tui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// theirs is a contact link of somebody.
const theirs = "/onion3/pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd:4001/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

func link(t testing.TB) contactlink.Link {
	t.Helper()
	l, err := contactlink.Parse(theirs)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// town is a village with files, more requests, and a contact link.
func town(t testing.TB) func() *apitest.Fake {
	t.Helper()
	return func() *apitest.Fake {
		f := village()
		f.SetLink(link(t))
		f.Ask("Trent\x1b[31m\u202e", "It is me, from the\nlast meeting.\x07 My number is 12345.")
		alice := conversationOf(f, "Alice")
		f.Offer(alice, "photo.jpg", 3<<20)
		moving := f.Offer(alice, "a film with a very long name indeed.mkv", 700<<20)
		f.SetFile(moving, func(file *rpc.File) { file.State, file.Done = rpc.MovingFile, 350<<20 })
		done := f.Offer(alice, "notes.txt", 812)
		f.SetFile(done, func(file *rpc.File) {
			file.State, file.Done, file.Path = rpc.ArrivedFile, 812, "/nowhere/downloads/notes.txt"
		})
		broken := f.Offer(alice, "disk.img", 4<<30)
		f.SetFile(broken, func(file *rpc.File) { file.State, file.Why = rpc.BrokenFile, "the contact has deleted it" })
		f.SetTor(func(i *rpc.TorInfo) {
			i.Version, i.Managed = "0.4.9.11", true
			i.Circuits = []rpc.CircuitCount{{Purpose: "HS_SERVICE_INTRO", State: "BUILT", Count: 3}, {Purpose: "GENERAL", State: "LAUNCHED", Count: 1}}
			i.LastError, i.LastErrorAt = "the network was gone", rpc.TimeOf(apitest.Start)
		})
		return f
	}
}

func conversationOf(f *apitest.Fake, name string) ledger.ConversationID {
	return contactOf(f, name).Conversation
}

func contactOf(f *apitest.Fake, name string) rpc.Contact {
	all, err := f.Contacts(ctx)
	if err != nil {
		panic(err)
	}
	for _, c := range all {
		if strings.HasPrefix(c.Name, name) {
			return c
		}
	}
	panic("there is no " + name)
}

func talkTo(u *ui, name string) {
	u.press("ctrl+k")
	u.typed(name)
	u.press("enter")
}

// dialogs are all of them, and how they are opened in town.
var dialogs = []struct {
	name string
	open func(u *ui)
}{
	{"link", func(u *ui) { u.press("f2") }},
	{"invite", func(u *ui) { command(u, "invite Carol") }},
	{"invites", func(u *ui) {
		command(u, "invite Carol, by letter\x1b[2J")
		u.press("esc")
		command(u, "invite")
		u.press("esc")
		command(u, "invites")
	}},
	{"link-save", func(u *ui) { u.press("f2", "s") }},
	{"add", func(u *ui) { u.press("f3") }},
	{"add-link", func(u *ui) { u.press("f3"); u.send(paste(theirs)); u.press("tab"); u.typed("Dora"); u.press("tab") }},
	{"add-wrong", func(u *ui) { u.press("f3"); u.send(paste(theirs[:len(theirs)-3])) }},
	{"verify", func(u *ui) { talkTo(u, "Bob"); u.press("f7") }},
	{"verify-different", func(u *ui) { talkTo(u, "Bob"); u.press("f7", "ctrl+d") }},
	{"requests", func(u *ui) { u.press("f5", "down") }},
	{"files", func(u *ui) { u.press("f6", "down") }},
	{"search", func(u *ui) { u.press("ctrl+f"); u.typed("parcel") }},
	{"search-nothing", func(u *ui) { u.press("ctrl+f"); u.typed("zebra") }},
	{"status", func(u *ui) { u.press("f8") }},
	{"settings", func(u *ui) { u.press("f9", "down") }},
	{"settings-edit", func(u *ui) { u.press("f9", "enter") }},
	{"help", func(u *ui) { u.press("f1") }},
	{"help-command", func(u *ui) { command(u, "help timer") }},
	{"goto", func(u *ui) { u.press("ctrl+k"); u.typed("b") }},
	{"console", func(u *ui) { u.press("ctrl+p"); u.typed("mu") }},
	{"console-wrong", func(u *ui) { command(u, "stauts") }},
	{"question", func(u *ui) { talkTo(u, "Bob"); command(u, "forget") }},
}

// TestScreensOfDialogs has every dialog on every screen.
func TestScreensOfDialogs(t *testing.T) {
	for _, d := range dialogs {
		t.Run(d.name, func(t *testing.T) {
			onSizes(t, town(t), func(u *ui, size string) {
				d.open(u)
				u.golden("dialog-" + d.name + "-" + size)
			})
		})
	}
}

// TestScreenOfBlockedTor says what to do where Tor is blocked.
func TestScreenOfBlockedTor(t *testing.T) {
	blocked := func() *apitest.Fake {
		f := village()
		f.SetStatus(func(s *rpc.Status) {
			s.Bootstrap, s.BootstrapPhase, s.BootstrapWarning = 10, "Connecting to a relay", "Connection refused"
			s.Service, s.Reachable, s.Uploads, s.Uploaded = "starting", false, 0, 0
		})
		return f
	}
	onSizes(t, blocked, func(u *ui, size string) {
		u.press("f8")
		u.golden("dialog-status-blocked-" + size)
	})
}

// command types a command into the command line, and has it done.
func command(u *ui, line string) {
	u.press("ctrl+p")
	u.press("backspace")
	u.typed("/" + line)
	u.press("enter")
}

func TestRequests(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f5")
		u.sees("Mallory", "let me in", "Trent")
		u.misses("\x1b[31m")
		u.press("r")
		u.misses("let me in")
		u.sees("It is me, from the")
		u.press("a")
		u.misses("Requests")
		if c := contactOf(u.api, "Trent"); c.State != rpc.AcceptedContact {
			t.Errorf("Trent is %s", c.State)
		}
		if c := contactOf(u.api, "Mallory"); c.State != rpc.RejectedContact {
			t.Errorf("Mallory is %s", c.State)
		}
	})
}

func TestFiles(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		state := func(name string) rpc.FileState {
			t.Helper()
			all, err := u.api.Files(ctx, 0, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range all {
				if strings.HasPrefix(f.Name, name) {
					return f.State
				}
			}
			t.Fatalf("no file %s", name)
			return ""
		}
		u.press("f6")
		u.sees("photo.jpg", "waits for your answer", "50% of")
		u.press("down", "down", "p")
		if state("a film") != rpc.PausedFile {
			t.Errorf("the film is %s", state("a film"))
		}
		u.sees("paused")
		u.press("p")
		u.misses("paused")
		film := fileOf(u, "a film")
		u.api.Progress(film, rpc.Progress{Done: 525 << 20, Size: 700 << 20, Rate: 1 << 20, Left: rpc.Duration(3 * time.Minute)})
		u.settle()
		u.sees("75% of", "1.0 MiB/s", "3 min left")
		u.press("x")
		u.sees("called off")
		u.press("down", "a")
		if state("photo") != rpc.MovingFile {
			t.Errorf("the photo is %s", state("photo"))
		}
		u.press("d")
		u.sees("that is not possible")
	})
}

func fileOf(u *ui, name string) ledger.FileNumber {
	u.t.Helper()
	all, err := u.api.Files(ctx, 0, 0, 100)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, f := range all {
		if strings.HasPrefix(f.Name, name) {
			return f.Number
		}
	}
	u.t.Fatal("no file " + name)
	return 0
}

func TestSearchJumps(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		talkTo(u, "Bob")
		u.press("ctrl+f")
		u.typed("parcel")
		u.sees("Alice", "parcel arrive")
		u.press("enter")
		u.misses("Words to find")
		u.sees("Good morning. Did the parcel arrive?")
		u.press("ctrl+k") // the message that was found is selected: that is not in the way
		u.sees("Name of the conversation")
	})
}

func TestSettingsChange(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f9", "enter", "ctrl+u")
		u.typed("Alice B.")
		u.press("enter", "down", "enter")
		s, err := u.api.Settings(ctx)
		if err != nil || s.Name != "Alice B." || s.ReadReceipts {
			t.Errorf("settings %+v, %v", s, err)
		}
		u.sees("Alice B.", "false")
		u.press("esc")
		command(u, "settings auto_accept 5M")
		command(u, "settings expiry soon")
		u.sees("a time is a number")
		if s, _ := u.api.Settings(ctx); s.AutoAccept != 5<<20 {
			t.Errorf("accepts up to %d by itself", s.AutoAccept)
		}
	})
}

// TestWithoutTor says why there is no Tor, and goes on without it.
func TestWithoutTor(t *testing.T) {
	off := func() *apitest.Fake {
		f := village()
		f.SetStatus(func(s *rpc.Status) { *s = rpc.Status{Peer: s.Peer, Tor: "off"} })
		return f
	}
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			in(t, size.w, size.h, off, func(u *ui) {
				u.sees("Tor could not be started")
				u.press("f8")
				u.golden("dialog-status-off-" + size.name)
			}, func(o *tui.Options) {
				o.Trouble = func() string {
					return "Tor could not be started: no tor program found. To mend that: install tor (apt install tor). Then start onionwire again."
				}
			})
		})
	}
}
