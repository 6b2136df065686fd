package lookup_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	peerA = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
	peerB = "12D3KooWD3ecxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
)

var people = []rpc.Contact{
	{ID: 1, Name: "Alice", Peer: peerA},
	{ID: 2, Name: "Robert", Alias: "Bob", Peer: peerB},
	{ID: 3, Name: "bob"},
	{ID: 4, Name: "Carol"},
	{ID: 5, Alias: "Carol"},
	{ID: 6, Name: "4"},
	{ID: 7, Name: "Ümit"},
	{ID: 8},
	{ID: 9, Name: "Dave"},
	{ID: 10, Name: "Dave"},
	{ID: 11, Name: peerA},
}

func TestContact(t *testing.T) {
	for given, want := range map[string]ledger.ContactID{
		"Alice": 1, "alice": 1, " ALICE ": 1, "Bob": 2, "#4": 4, "4": 4, "#6": 6, "Carol": 5, "ümit": 7, "ÜMIT": 7,
		"8": 8, "#8": 8, peerA: 1, peerA[:15]: 1, peerB: 2,
	} {
		if c, err := lookup.Contact(people, given); err != nil || c.ID != want {
			t.Errorf("%q is contact %d, %v, want %d", given, c.ID, err, want)
		}
	}
	for _, given := range []string{"", " ", "#", "#99", "99", "0", "-1", "Robert", "Alicia Keys", "12D3KooW", peerA + "x", "#Alice"} {
		if c, err := lookup.Contact(people, given); !errors.Is(err, rpc.ErrNotFound) || errors.Is(err, lookup.ErrAmbiguous) {
			t.Errorf("%q is contact %d, %v, want ErrNotFound", given, c.ID, err)
		}
	}
	for given, want := range map[string][]string{"Dave": {"#9", "#10"}, "dave": {"#9", "#10"}, "bob": {"#2", "#3"}, "BOB": {"#2", "#3"}, "carol": {"#4", "#5"}, peerA[:12]: {"#1", "#2"}} {
		_, err := lookup.Contact(people, given)
		var e *lookup.Error
		if !errors.Is(err, lookup.ErrAmbiguous) || errors.Is(err, rpc.ErrNotFound) || !errors.As(err, &e) || !slices.Equal(e.Several, want) {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
	}
}

// TestAmong: somebody who only asks to become a contact takes nobody's name.
func TestAmong(t *testing.T) {
	const known, asks = rpc.ContactState("accepted"), rpc.ContactState("asking")
	all := []rpc.Contact{{ID: 1, Name: "Bob", State: known}, {ID: 2, Name: "bob", State: asks}, {ID: 3, Name: "Eve", State: asks}}
	for _, test := range []struct {
		given  string
		states []rpc.ContactState
		want   ledger.ContactID
	}{
		{"Bob", []rpc.ContactState{known}, 1},
		{"bob", []rpc.ContactState{known}, 1},
		{"bob", []rpc.ContactState{asks}, 2},
		{"#2", []rpc.ContactState{known}, 2},
		{"eve", []rpc.ContactState{known}, 3},
	} {
		if c, err := lookup.Among(all, test.given, test.states...); err != nil || c.ID != test.want {
			t.Errorf("%q of %q is contact %d, %v, want %d", test.given, test.states, c.ID, err, test.want)
		}
	}
	if _, err := lookup.Among(all, "bob"); !errors.Is(err, lookup.ErrAmbiguous) {
		t.Errorf("got %v, want ErrAmbiguous", err)
	}
}

// TestNameless: who has no name is shown in one form, and can be meant by it.
func TestNameless(t *testing.T) {
	all := []rpc.Contact{{ID: 1, Peer: peerA}, {ID: 2, Peer: peerB, Name: "#1 …" + lookup.Tail(peerA)}}
	label := lookup.Label(all[0])
	if want := "#1 …" + peerA[len(peerA)-6:]; label != want {
		t.Errorf("somebody without a name is %q, want %q", label, want)
	}
	if c, err := lookup.Contact(all, label); err != nil || c.ID != 1 {
		t.Errorf("%q is contact %d, %v", label, c.ID, err)
	}
	if got := lookup.Label(rpc.Contact{ID: 3, Name: "Carol"}); got != "Carol" {
		t.Errorf("Carol is %q", got)
	}
}

// TestDiscreet: half a contact link is not repeated.
func TestDiscreet(t *testing.T) {
	const given = "onionwire:af43zrrfdbfqkgkjoxbiwzvwnmcgt57w"
	if _, err := lookup.Contact(people, given); err == nil || strings.Contains(err.Error(), "af43") {
		t.Errorf("the error is %v", err)
	}
}

func TestReferences(t *testing.T) {
	odd := []string{"--help", "-", "#1", "7", "me", "you", "a\nb", "\x1b[2J", "\u202eevil", "Al\u200bice", "Аlice", " Bob", "Ann Lee", "ann lee"}
	all := slices.Clone(people)
	for _, name := range odd {
		all = append(all, rpc.Contact{ID: ledger.ContactID(len(all) + 1), Name: name})
	}
	references := lookup.References(all)
	for i, reference := range references {
		if found, err := lookup.Contact(all, reference); err != nil || found.ID != all[i].ID {
			t.Errorf("%q leads to contact %d, %v, want %d", reference, found.ID, err, all[i].ID)
		}
	}
	for i, want := range []string{"#1", "Bob", "#3", "#4", "Carol", "#6", "Ümit", "#8", "#9", "#10", "#11"} {
		if references[i] != want {
			t.Errorf("contact %d is %q, want %q", i+1, references[i], want)
		}
	}
	if got := references[15:17]; !slices.Equal(got, []string{"me", "you"}) {
		t.Errorf("referred to as %q", got)
	}
}

// TestLookalikes: who makes a name that looks like somebody else's gets nothing that is meant
// for them, and an alias is nobody else's.
func TestLookalikes(t *testing.T) {
	for _, theirs := range []string{"alice", "Аlice", "Al\u200bice", "\u202eAlice", "A1ice", "Alice\u00a0", "Alicé", "Alice\n", "Ａｌｉｃｅ"} {
		all := []rpc.Contact{{ID: 1, Name: "Alice"}, {ID: 2, Name: theirs}}
		for _, given := range []string{"Alice", "alice", theirs} {
			if c, err := lookup.Contact(all, given); !errors.Is(err, lookup.ErrAmbiguous) {
				t.Errorf("%q beside %q is contact %d, %v", given, theirs, c.ID, err)
			}
		}
		all[0].Alias = "Alice"
		if c, err := lookup.Contact(all, "Alice"); err != nil || c.ID != 1 {
			t.Errorf("the alias beside %q is contact %d, %v", theirs, c.ID, err)
		}
		all[1].Alias = "Mallory"
		if c, err := lookup.Contact(all, "alice"); err != nil || c.ID != 1 {
			t.Errorf("Alice beside Mallory, who calls herself %q, is contact %d, %v", theirs, c.ID, err)
		}
	}
}

func TestNear(t *testing.T) {
	names := lookup.Names(people)
	if want := []string{peerA, "4", "Alice", "Bob", "Carol", "Dave", "bob", "Ümit"}; !slices.Equal(names, want) {
		t.Fatalf("the names are %q, want %q", names, want)
	}
	for given, want := range map[string][]string{
		"Alcie": {"Alice"}, "alic": {"Alice"}, "Al": {"Alice"}, "Crol": {"Carol"}, "Karol": {"Carol"}, "umit": {"Ümit"},
		"Bo": {"Bob", "bob"}, "x": nil, "": nil, "Zacharias": nil, strings.Repeat("a", 65): nil,
	} {
		if got := lookup.Near(names, given); !slices.Equal(got, want) {
			t.Errorf("near %q are %q, want %q", given, got, want)
		}
	}
	if got := lookup.Near([]string{"ann1", "ann2", "ann3", "ann4"}, "ann"); len(got) != 3 {
		t.Errorf("%q are proposed", got)
	}
}

func FuzzContact(f *testing.F) {
	f.Add("Alice", "alice")
	f.Add("#1", "1")
	f.Add("\xff\u202e", "\xff")
	f.Fuzz(func(t *testing.T, name, given string) {
		all := append(slices.Clone(people), rpc.Contact{ID: 12, Name: name})
		c, err := lookup.Contact(all, given)
		if (err == nil) != (c.ID != 0) {
			t.Errorf("contact %d, %v", c.ID, err)
		}
		references := lookup.References(all)
		reference := references[len(references)-1]
		if found, err := lookup.Contact(all, reference); err != nil || found.ID != 12 {
			t.Errorf("%q leads to contact %d, %v", reference, found.ID, err)
		}
	})
}
