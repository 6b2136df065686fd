package profile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// untilThrough has a process do a task with the profile alice and be killed before ever
// later steps of it, until it gets through: before each, or before each stride-th. check
// looks at what is left each time.
func untilThrough(t *testing.T, task string, stride int, prepare func(t *testing.T, root string), check func(t *testing.T, root string, through bool)) {
	t.Helper()
	for n := 0; ; n += stride {
		through := false
		t.Run(fmt.Sprint("step ", n), func(t *testing.T) {
			root := t.TempDir()
			prepare(t, root)
			cmd := command(root, task, n)
			out, err := cmd.CombinedOutput()
			if through = err == nil; !through && !killed(cmd) {
				t.Fatalf("the process says %q, %v", out, err)
			}
			check(t, root, through)
		})
		if through {
			if n < 4 {
				t.Errorf("there are only %d steps", n)
			}
			return
		}
		if n > 30 {
			t.Fatal("there is no end of steps")
		}
	}
}

// wantWholeOrNothing fails the test unless the profile alice is there and opens, or is
// not there and can be made. It leaves it there, and nothing else.
func wantWholeOrNothing(t *testing.T, root string, want *profile.Card) {
	t.Helper()
	p, err := profile.Open(t.Context(), root, "alice", []byte("secret"))
	if errors.Is(err, profile.ErrNotFound) {
		if names, err := profile.Names(root); err != nil || len(names) != 0 {
			t.Errorf("there are %q, %v", names, err)
		}
		shut(t, create(t, root, "alice"))
		wantEntries(t, root, "alice")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, p)
	wantSame(t, read(t, root, "alice"), p.Card())
	if want != nil {
		wantSame(t, p.Card(), want)
	}
	if err := p.Store().Check(t.Context()); err != nil {
		t.Error(err)
	}
	shut(t, create(t, root, "next")) // which removes what is left
	wantEntries(t, root, "alice", "next")
}

func nothing(*testing.T, string) {}

// shared is the stride through steps that are mostly those of making a profile, where
// each of them is looked at.
func shared() int {
	if soak {
		return 1
	}
	return 3
}

// kills is how often a process is killed at a random moment.
func kills() int {
	if soak {
		return 30
	}
	return 6
}

func TestKilledWhileAProfileIsMade(t *testing.T) {
	t.Parallel()
	untilThrough(t, "create", 1, nothing, func(t *testing.T, root string, through bool) {
		t.Helper()
		if names, err := profile.Names(root); err != nil || through && len(names) != 1 {
			t.Errorf("there are %q, %v", names, err)
		}
		wantWholeOrNothing(t, root, nil)
	})
}

func TestKilledWhileAProfileIsRestored(t *testing.T) {
	t.Parallel()
	whole := opened(t)(profile.Restore(t.Context(), t.TempDir(), "alice", zeroWords, sealed(t, "secret")))
	want := whole.Card()
	untilThrough(t, "restore", shared(), nothing, func(t *testing.T, root string, _ bool) {
		t.Helper()
		wantWholeOrNothing(t, root, want)
	})
}

func TestKilledWhileAProfileIsImported(t *testing.T) {
	t.Parallel()
	e := export(t)
	prepare := func(t *testing.T, root string) {
		t.Helper()
		if err := os.WriteFile(root+".age", []byte(e.file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	untilThrough(t, "import", shared(), prepare, func(t *testing.T, root string, _ bool) {
		t.Helper()
		if names, err := profile.Names(root); err == nil && len(names) == 1 {
			p := open(t, root)
			wantBob(t, p)
			shut(t, p)
		}
		wantWholeOrNothing(t, root, e.card)
	})
}

func TestKilledWhileTheAddressChanges(t *testing.T) {
	t.Parallel()
	before := make(map[string]*profile.Card)
	prepare := func(t *testing.T, root string) {
		t.Helper()
		p := create(t, root, "alice")
		before[root] = p.Card()
		shut(t, p)
	}
	untilThrough(t, "address", 1, prepare, func(t *testing.T, root string, through bool) {
		t.Helper()
		card, was := read(t, root, "alice"), before[root]
		if n := len(card.Addresses); n != 1 && n != 2 || through && n != 2 {
			t.Fatalf("there are %d addresses", n)
		}
		if card.Addresses[len(card.Addresses)-1] != was.Addresses[0] {
			t.Error("the old address is gone")
		}
		wantWholeOrNothing(t, root, card)
		p := open(t, root)
		for len(p.OnionKeys()) < profile.MaxOnionKeys {
			if _, err := p.NewOnionKey(); err != nil {
				t.Fatal(err)
			}
		}
		wantEntries(t, p.Dir(), "addresses", "keys", "lock", "store.db", "store.db-wal")
	})
}

func TestKilledWhileAProfileIsDeleted(t *testing.T) {
	t.Parallel()
	prepare := func(t *testing.T, root string) {
		t.Helper()
		shut(t, create(t, root, "alice"))
	}
	untilThrough(t, "delete", 1, prepare, func(t *testing.T, root string, through bool) {
		t.Helper()
		if through {
			wantEntries(t, root)
			return
		}
		p, err := profile.Open(t.Context(), root, "alice", []byte("secret"))
		switch {
		case err == nil:
			shut(t, p)
		case !errors.Is(err, profile.ErrNotFound) && !errors.Is(err, profile.ErrIncomplete):
			t.Errorf("error is %v", err)
		}
		if err := profile.Delete(root, "alice"); err != nil && !errors.Is(err, profile.ErrNotFound) {
			t.Error(err)
		}
		create(t, root, "alice")
		wantEntries(t, root, "alice")
	})
}

// A process that makes and deletes profiles, or changes passphrase and address, is
// killed at any moment, be it within a step.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for kill := range kills() {
		killAtRandom(t, command(root, "make and delete", -1))
		names, err := profile.Names(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			p, err := profile.Open(t.Context(), root, name, []byte("secret"))
			switch {
			case errors.Is(err, profile.ErrIncomplete), errors.Is(err, vault.ErrDamaged): // on its way out
			case err != nil:
				t.Fatalf("kill %d: %v", kill, err)
			default:
				shut(t, p)
			}
			if err := profile.Delete(root, name); err != nil {
				t.Fatalf("kill %d: %v", kill, err)
			}
		}
		p := create(t, root, "next")
		shut(t, p)
		wantEntries(t, root, "next")
		if err := profile.Delete(root, "next"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKilledWhileThePassphraseChanges(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	p := create(t, root, "alice")
	identity := p.Peer()
	shut(t, p)
	for kill := range kills() {
		last := killAtRandom(t, command(root, "change", -1))
		// The passphrase is the one that was said last, or the one after it.
		acknowledged, err := strconv.Atoi(last)
		if err != nil {
			t.Fatalf("the process said %q", last)
		}
		passphrase := ""
		for _, n := range []int{acknowledged, acknowledged + 1} {
			if _, err := profile.Read(root, "alice", passphraseOf(n)); err == nil {
				passphrase = string(passphraseOf(n))
			} else if !errors.Is(err, profile.ErrPassphrase) {
				t.Fatalf("kill %d: %v", kill, err)
			}
		}
		if passphrase == "" {
			t.Fatalf("kill %d: neither passphrase opens it", kill)
		}
		p, err := profile.Open(t.Context(), root, "alice", []byte(passphrase))
		if err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		if p.Peer() != identity {
			t.Errorf("kill %d: another identity", kill)
		}
		if err := p.ChangePassphrase([]byte(passphrase), sealed(t, "secret")); err != nil {
			t.Fatal(err)
		}
		shut(t, p)
		if _, err := os.Lstat(filepath.Join(p.Dir(), profile.KeyFile+".new")); err == nil {
			t.Errorf("kill %d: a draft of a key file is left", kill)
		}
	}
}

// A process is killed after it has written. Wrong passphrases and the key file of another
// profile do no harm to what it has written.
func TestWrongKeysAfterACrash(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	shut(t, p)
	other := create(t, root, "other")
	shut(t, other)
	if said := killAtRandom(t, command(root, "write", -1)); said != "written" {
		t.Fatalf("the process said %q", said)
	}
	before := snapshot(t, root)
	if len(before[filepath.Join(p.Dir(), "store.db-wal")]) == 0 {
		t.Fatal("there is no log")
	}
	for _, passphrase := range []string{"wrong", ""} {
		if p, err := profile.Open(t.Context(), root, "alice", []byte(passphrase)); err == nil {
			shut(t, p)
			t.Errorf("%q opens it", passphrase)
		}
	}
	for _, name := range []string{profile.KeyFile, profile.AddressesFile} {
		own := filepath.Join(p.Dir(), name)
		foreign, err := os.ReadFile(filepath.Join(other.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(own, foreign, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := profile.Open(t.Context(), root, "alice", []byte("secret")); !errors.Is(err, store.ErrKey) {
		t.Errorf("error is %v, want ErrKey", err)
	}
	for _, name := range []string{profile.KeyFile, profile.AddressesFile} {
		own := filepath.Join(p.Dir(), name)
		if err := os.WriteFile(own, []byte(before[own]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantSnapshot(t, root, before)
	wantBob(t, open(t, root))
}
