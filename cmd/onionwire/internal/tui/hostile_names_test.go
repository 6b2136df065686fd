package tui_test

import (
	"context"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/node/rpc"
)

// Whatever somebody calls himself, he is told from a contact called Alice wherever one is
// chosen, and gets nothing that is meant for her.
func TestHostileNames(t *testing.T) {
	for _, name := range apitest.HostileNames {
		t.Run(strings.ToValidUTF8(name, "?"), func(t *testing.T) {
			accepted := func() *apitest.Fake {
				f := apitest.New()
				alice, _ := f.Befriend("Alice")
				f.Appear(alice, rpc.Presence{State: rpc.Offline})
				id := f.Ask(name, name)
				f.Appear(id, rpc.Presence{State: rpc.Offline})
				_ = f.AcceptContact(context.Background(), id)
				f.Receive(2, name+"\n"+name)
				return f
			}
			for _, size := range [][2]int{{60, 20}, {80, 24}, {250, 80}} {
				in(t, size[0], size[1], accepted, func(u *ui) {
					wantHarmless(u)
					names := sidebarNames(u)
					if names[0] == names[1] {
						t.Errorf("both are called %q on a screen of %d columns", names[0], u.w)
					}
					command(u, "goto Alice")
					if title := titleOf(u); title != "" && !strings.HasPrefix(title, "Alice") {
						t.Errorf("Alice is %q", title)
					}
					u.typed("for Alice")
					u.press("enter")
					if page, err := u.api.Messages(ctx, 2, 0, 10); err != nil || len(page) != 1 {
						t.Errorf("somebody else has got it: %d messages, %v", len(page), err)
					}
					command(u, "goto #2")
					wantHarmless(u)
					if title := titleOf(u); names[0] != names[1] && title == names[1] && title == names[0] {
						t.Errorf("he is %q as she is", title)
					}
					if strings.Contains(u.screen(), "│You 1") {
						t.Errorf("he writes as ourselves:\n%s", u.screen())
					}
				})
			}
		})
	}
}

// A stranger who is called like a contact is said not to be them, and does not change what
// they are called.
func TestStrangerInTheNameOfAContact(t *testing.T) {
	for _, name := range []string{"Alice", "alice", "Аlice", "Ali\u200bce", "Alice\u00a0"} {
		strange := func() *apitest.Fake {
			f := apitest.New()
			f.Befriend("Alice")
			f.Ask(name, "It is me")
			return f
		}
		in(t, 100, 30, strange, func(u *ui) {
			u.press("alt+down")
			if title := titleOf(u); title != "Alice" {
				t.Errorf("a stranger makes %q of Alice", title)
			}
			u.press("f5")
			u.sees("(…000002)", "This is not your contact Alice")
			wantHarmless(u)
			u.press("esc")
			command(u, "goto Alice")
			u.misses("several")
		})
	}
}

// sidebarNames are the rows of conversations in the sidebar, without what is behind the name.
func sidebarNames(u *ui) []string {
	var names []string
	for _, line := range strings.Split(u.screen(), "\n")[:2] {
		side, _, _ := strings.Cut(line, "│")
		side = strings.TrimSuffix(strings.TrimRight(side, " "), " 1") // of new messages
		names = append(names, strings.TrimSpace(strings.TrimLeft(side, "●◐◌○? ")))
	}
	return names
}

// titleOf is with whom one talks, or nothing.
func titleOf(u *ui) string {
	for _, line := range strings.Split(u.screen(), "\n")[:2] {
		_, title, _ := strings.Cut(line, "│")
		if name, _, found := strings.Cut(title, "○"); found {
			return strings.TrimSpace(name)
		}
	}
	return ""
}
