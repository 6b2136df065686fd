package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/rpc"
)

// withStranger is a profile with a contact called Alice, #1, and somebody else, #2.
func withStranger(name string, known bool) (*apitest.Fake, *session, *bytes.Buffer) {
	f := apitest.New()
	f.Befriend("Alice")
	id := f.Ask(name, name)
	if known {
		_ = f.AcceptContact(context.Background(), id)
	}
	out := new(bytes.Buffer)
	return f, &session{Session: &access.Session{API: f}, stdio: stdio{err: out}, out: output.Writer{Out: out}}, out
}

// isHarmless fails if a terminal could do anything with a text but to show it, or if a line
// was begun by somebody else.
func isHarmless(t *testing.T, what string, out *bytes.Buffer, lines int) {
	t.Helper()
	text := out.String()
	out.Reset()
	if i := strings.IndexFunc(text, func(r rune) bool {
		return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
	}); i >= 0 {
		t.Errorf("%s prints %q", what, text)
	}
	if n := strings.Count(text, "\n"); n != lines {
		t.Errorf("%s prints %d lines, want %d: %q", what, n, lines, text)
	}
}

// TestHostileNames: whatever somebody calls himself, and writes, he is listed on a line of his
// own, and gets nothing that is meant for somebody else.
func TestHostileNames(t *testing.T) {
	for _, name := range apitest.HostileNames {
		t.Run(strings.ToValidUTF8(name, "?"), func(t *testing.T) {
			_, s, out := withStranger(name, false)
			if c, err := s.contact(t.Context(), "Alice"); err != nil || c.ID != 1 {
				t.Errorf("while a stranger asks, Alice is #%d, %v", c.ID, err)
			}
			if err := listRequests(t.Context(), s); err != nil {
				t.Error(err)
			}
			isHarmless(t, "requests", out, 1)

			f, s, out := withStranger(name, true)
			conversation := contactNumbered(t, f, 2).Conversation
			f.Receive(conversation, name+"\n"+name)
			for _, given := range []string{"Alice", "alice", name, "#2"} {
				c, err := s.contact(t.Context(), given)
				numbered := strings.TrimPrefix(strings.TrimSpace(given), "#") == "1" || strings.HasPrefix(given, "12D3")
				switch {
				case err != nil && given != "#2":
					if !errors.Is(err, lookup.ErrAmbiguous) && !errors.Is(err, rpc.ErrNotFound) {
						t.Errorf("%q: %v", given, err)
					}
				case err != nil, c.ID == 2 && given == "Alice", c.ID == 1 && given == name && !numbered && strings.TrimSpace(name) != "Alice":
					t.Errorf("%q is #%d, %v", given, c.ID, err)
				}
			}
			all, err := f.Contacts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i, reference := range lookup.References(all) {
				if c, err := s.contact(t.Context(), reference); err != nil || c.ID != all[i].ID {
					t.Errorf("%q is #%d, %v", reference, c.ID, err)
				}
			}
			if err := new(contactsOptions).run(t.Context(), s); err != nil {
				t.Error(err)
			}
			isHarmless(t, "contacts", out, 2)
			printed := 2
			if strings.ContainsAny(name, "\n") {
				printed = 2 + 2*strings.Count(name, "\n")
			}
			if err := (&historyOptions{page: pageFlags{limit: 10}}).run(t.Context(), s, "#2"); err != nil {
				t.Error(err)
			}
			if line := out.String(); strings.Contains(line, " you: ") {
				t.Errorf("history lets him write as ourselves: %q", line)
			}
			isHarmless(t, "history", out, printed)
			for _, json := range []bool{false, true} {
				s.out.JSON = json
				r := newReception(s, &receiveOptions{count: 1, keep: true})
				if err := r.catchUp(t.Context()); !errors.Is(err, errEnough) {
					t.Errorf("receive ends with %v", err)
				}
				if json {
					printed = 1
				}
				isHarmless(t, "receive", out, printed)
			}
		})
	}
}

func contactNumbered(t *testing.T, f *apitest.Fake, n int) rpc.Contact {
	t.Helper()
	all, err := f.Contacts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[slices.IndexFunc(all, func(c rpc.Contact) bool { return int(c.ID) == n })]
}
