package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
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

func TestAddByLink(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f3")
		u.send(paste("  " + theirs + "\n"))
		u.sees("a good link")
		u.press("tab")
		u.typed("Dora")
		u.press("enter")
		u.typed("Hello, it is Alice")
		u.press("enter")
		dora := contactWith(u, func(c rpc.Contact) bool { return c.Alias == "Dora" })
		if dora.Introduction != "Hello, it is Alice" && dora.State != rpc.RequestedContact {
			t.Errorf("asked as %+v", dora)
		}
		u.sees("Dora")
		u.misses("Their contact link")
	})
}

// What has no room in a field is told of.
func TestPasteTooLongForAField(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f3")
		u.send(paste(strings.Repeat("x", 1<<20)))
		u.sees("nothing was added: this field has room for 4.0 KiB")
	})
}

func contactWith(u *ui, is func(rpc.Contact) bool) rpc.Contact {
	u.t.Helper()
	all, err := u.api.Contacts(ctx)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, c := range all {
		if is(c) {
			return c
		}
	}
	u.t.Fatal("there is no such contact")
	return rpc.Contact{}
}

func TestAddByImage(t *testing.T) {
	code, err := qr.PNG(link(t).QR())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "their code.png")
	if err := os.WriteFile(path, code, 0o600); err != nil {
		t.Fatal(err)
	}
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f3")
		u.send(paste(path))
		u.press("enter")
		u.sees("a good link")
		u.press("enter", "enter", "enter")
		contactWith(u, func(c rpc.Contact) bool { return c.Peer == link(t).Peer.String() })
	})
}

func TestAddRefuses(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f3")
		u.typed("onionwire:aaaa")
		u.press("enter")
		u.sees("contact link")
		u.press("ctrl+u")
		u.typed("/no/such/file.png")
		u.press("enter")
		u.sees("there is no such file")
		if n := u.api.Calls("AddContact"); n != 0 {
			t.Errorf("%d asked", n)
		}
	})
}

func TestInvites(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		command(u, "invite Carol")
		u.press("esc")
		command(u, "invites")
		u.sees("made", "Carol")
		u.press("w")
		u.sees("There are none", "does not work any more")
		if all, err := u.api.Invites(ctx); err != nil || len(all) != 0 {
			t.Errorf("%d invites, %v", len(all), err)
		}
	})
}

func TestSaveCode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "me.png")
	in(t, 100, 30, town(t), func(u *ui) {
		u.press("f2", "s", "ctrl+u")
		u.typed(path)
		u.press("enter")
		u.sees("saved as")
		if text, err := qr.Read(path); err != nil || text != link(t).QR() {
			t.Errorf("saved %q, %v", text, err)
		}
		u.press("esc")
		command(u, "qr "+path)
		u.sees("there is a file of that name already")
	})
}

func TestVerify(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		bob := contactOf(u.api, "Bob")
		number, err := u.api.SafetyNumber(ctx, bob.ID)
		if err != nil {
			t.Fatal(err)
		}
		verified := func(want bool) {
			t.Helper()
			if c := contactOf(u.api, "Bob"); c.Verified != want {
				t.Errorf("verified is %t", c.Verified)
			}
		}
		talkTo(u, "Bob")
		u.press("f7")
		u.sees(strings.Fields(number.Words)[0], strings.Fields(number.Digits)[0])
		u.typed("12345")
		u.press("enter")
		u.sees("Nothing was changed: a safety number has 60 digits")
		verified(false)
		u.press("ctrl+u")
		u.send(paste(number.Digits))
		u.press("enter")
		u.sees("The numbers are the same")
		verified(true)
		u.press("ctrl+d")
		u.sees("The numbers are different")
		verified(false)
		u.press("ctrl+s")
		verified(true)
		u.press("esc")
		u.misses("Verify a contact")
	})
}

// TestVerifyByImage: a picture of the code on the other side's screen is as good as the
// number, in the dialog and behind the command.
func TestVerifyByImage(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		bob := contactOf(u.api, "Bob")
		number, err := u.api.SafetyNumber(ctx, bob.ID)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		save := func(name, code string) string {
			image, err := qr.PNG(code)
			path := filepath.Join(dir, name)
			if err == nil {
				err = os.WriteFile(path, image, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			return path
		}
		good, other := save("good.png", number.Digits), save("other.png", "something else")
		text := filepath.Join(dir, "text")
		if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		talkTo(u, "Bob")
		u.press("f7")
		for path, says := range map[string]string{
			filepath.Join(dir, "no such"): "there is no such file", text: "this is no image", other: "this is not all of theirs",
		} {
			u.press("ctrl+u")
			u.typed(path)
			u.press("enter")
			u.sees("Nothing was changed: ", says)
		}
		if contactOf(u.api, "Bob").Verified {
			t.Error("verified by nothing")
		}
		u.press("ctrl+u")
		u.typed(good)
		u.press("enter")
		u.sees("The numbers are the same")
		if !contactOf(u.api, "Bob").Verified {
			t.Error("not verified")
		}
		u.press("esc")
		command(u, "verify Bob "+other)
		u.sees("Nothing was changed: ")
		u.press("esc")
		command(u, "verify Bob "+good)
		u.sees("The numbers are the same")
	})
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
