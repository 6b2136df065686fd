package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/node/rpc"
)

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
