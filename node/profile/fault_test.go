package profile_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/profile"
)

// fails returns what lets n steps through and has no room on the disk for the next.
func fails(n int) func(string) error {
	return func(step string) error {
		if n--; n == -1 {
			return fmt.Errorf("%s: %w", step, durable.Explain(syscall.ENOSPC))
		}
		return nil
	}
}

// untilDone runs f with steps that fail ever later, until f gets through.
func untilDone(t *testing.T, f func(t *testing.T, before func(string) error) error) {
	t.Helper()
	for n := 0; ; n++ {
		done := false
		t.Run(fmt.Sprint("step ", n), func(t *testing.T) {
			err := f(t, fails(n))
			if err != nil && !errors.Is(err, profile.ErrFull) {
				t.Fatalf("error is %v", err)
			}
			done = err == nil
		})
		if done {
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

func TestAFullDiskLeavesNoProfile(t *testing.T) {
	t.Parallel()
	file := export(t).file
	for what, f := range map[string]func(t *testing.T, before func(string) error, root string) (*profile.Profile, error){
		"create": func(t *testing.T, before func(string) error, root string) (*profile.Profile, error) {
			t.Helper()
			return profile.CreateOn(t.Context(), before, root, "alice", sealed(t, "secret"))
		},
		"restore": func(t *testing.T, before func(string) error, root string) (*profile.Profile, error) {
			t.Helper()
			return profile.RestoreOn(t.Context(), before, root, "alice", zeroWords, sealed(t, "secret"))
		},
		"import": func(t *testing.T, before func(string) error, root string) (*profile.Profile, error) {
			t.Helper()
			return profile.ImportOn(t.Context(), before, root, "alice", strings.NewReader(file), []byte("export"), sealed(t, "secret"))
		},
	} {
		t.Run(what, func(t *testing.T) {
			untilDone(t, func(t *testing.T, before func(string) error) error {
				t.Helper()
				root := t.TempDir()
				p, err := f(t, before, root)
				if err == nil {
					return p.Close()
				}
				wantEntries(t, root)
				if p, again := f(t, nil, root); again != nil {
					t.Errorf("the next attempt: %v", again)
				} else {
					shut(t, p)
				}
				wantEntries(t, root, "alice")
				return err
			})
		})
	}
}

func TestAFullDiskLeavesTheAddresses(t *testing.T) {
	t.Parallel()
	untilDone(t, func(t *testing.T, before func(string) error) error {
		t.Helper()
		root := t.TempDir()
		shut(t, create(t, root, "alice"))
		p := opened(t)(profile.OpenOn(t.Context(), before, root, "alice", []byte("secret")))
		_, err := p.NewOnionKey()
		if len(p.OnionKeys()) == 1 && err == nil {
			t.Error("there is no new key")
		}
		wantSame(t, read(t, root, "alice"), p.Card())
		if err == nil {
			return nil
		}
		if _, err := p.NewOnionKey(); err != nil {
			t.Errorf("the next attempt: %v", err)
		}
		wantSame(t, read(t, root, "alice"), p.Card())
		wantEntries(t, p.Dir(), "addresses", "keys", "lock", "store.db", "store.db-wal")
		return err
	})
}

func TestAFailedDeleteCanBeRepeated(t *testing.T) {
	t.Parallel()
	untilDone(t, func(t *testing.T, before func(string) error) error {
		t.Helper()
		root := t.TempDir()
		shut(t, create(t, root, "alice"))
		err := profile.DeleteOn(before, root, "alice")
		if err == nil {
			wantEntries(t, root)
			return nil
		}
		if err := profile.Delete(root, "alice"); err != nil && !errors.Is(err, profile.ErrNotFound) {
			t.Errorf("the next attempt: %v", err)
		}
		create(t, root, "alice")
		wantEntries(t, root, "alice")
		return err
	})
}
