package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

var errMine = errors.New("mine")

// settingA is a change.
var settingA = ledger.PutSetting{Name: "a", Value: []byte("b")}

// settingNow is the value of what settingA sets, or empty.
func settingNow(t *testing.T, s *store.Store) string {
	t.Helper()
	var got []byte
	view(t, s, func(tx *store.View) (err error) {
		if got, err = tx.Setting(settingA.Name); errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	return string(got)
}

func TestAFailedUpdateLeavesNothing(t *testing.T) {
	s := create(t, newFolder(t))
	err := s.Update(t.Context(), func(tx *store.Update) error {
		if err := tx.Apply(settingA); err != nil {
			return err
		}
		return errMine
	})
	if !errors.Is(err, errMine) {
		t.Errorf("error is %v, want that of the function", err)
	}
	if got := settingNow(t, s); got != "" {
		t.Errorf("setting is %q", got)
	}
}

// What Apply has refused is remembered: a part of changes is never kept.
func TestAFailedApplyLeavesNothing(t *testing.T) {
	s := create(t, newFolder(t))
	err := s.Update(t.Context(), func(tx *store.Update) error {
		_ = tx.Apply(settingA, ledger.DropItem{Item: 1})
		return nil
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	if got := settingNow(t, s); got != "" {
		t.Errorf("setting is %q", got)
	}
}

func TestAPanicLeavesNothingAndLetsOthersOn(t *testing.T) {
	s := create(t, newFolder(t))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(t.Context(), func(tx *store.Update) error {
			_ = tx.Apply(settingA)
			panic("mine")
		})
	}()
	if got := settingNow(t, s); got != "" {
		t.Errorf("setting is %q", got)
	}
}

func TestATransactionThatIsOver(t *testing.T) {
	s := create(t, newFolder(t))
	var kept *store.Update
	update(t, s, func(tx *store.Update) error {
		kept = tx
		return nil
	})
	if err := kept.Apply(settingA); err == nil {
		t.Error("it still writes")
	}
	if _, err := kept.Setting("a"); err == nil {
		t.Error("it still reads")
	}
}

func TestAContextEndsATransaction(t *testing.T) {
	s := create(t, newFolder(t))
	ctx, cancel := context.WithCancelCause(t.Context())
	err := s.Update(ctx, func(tx *store.Update) error {
		if err := tx.Apply(settingA); err != nil {
			return err
		}
		cancel(errMine)
		return nil
	})
	if !errors.Is(err, errMine) {
		t.Errorf("error is %v, want the cause", err)
	}
	if got := settingNow(t, s); got != "" {
		t.Errorf("setting is %q", got)
	}
	if err := s.View(ctx, func(*store.View) error { return nil }); !errors.Is(err, errMine) {
		t.Errorf("error is %v, want the cause", err)
	}
}

func TestAContextEndsAStatement(t *testing.T) {
	s := create(t, newFolder(t))
	ctx, cancel := context.WithCancelCause(t.Context())
	err := s.Update(ctx, func(tx *store.Update) error {
		go cancel(errMine)
		return tx.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
			INSERT INTO settings (name, value) SELECT 'x', x'00' FROM n WHERE i < 0`)
	})
	if !errors.Is(err, errMine) {
		t.Errorf("error is %v, want the cause", err)
	}
}

func TestAContextEndsTheWaiting(t *testing.T) {
	s := create(t, newFolder(t))
	busy, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = s.View(background, func(*store.View) error {
			close(busy)
			<-release
			return nil
		})
	})
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	wg.Go(cancel)
	if err := s.Update(ctx, func(*store.Update) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want Canceled", err)
	}
	close(release)
	wg.Wait()
}

func TestConcurrentUpdates(t *testing.T) {
	s := populated(t)
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			err := s.Update(background, func(tx *store.Update) error {
				return tx.Apply(added(numbered(n)))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := bodies(t, s); len(got) != 40 {
		t.Errorf("%d messages are there, want 40", len(got))
	}
}

func TestClose(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	database, rows := s.SecretsOf()
	for range 2 {
		closeStore(t, s)
	}
	for _, secret := range [][]byte{database, rows} {
		for _, b := range secret {
			if b != 0 {
				t.Fatal("a key is still there")
			}
		}
	}
	none := func(*store.View) error { return nil }
	if err := s.View(t.Context(), none); !errors.Is(err, store.ErrClosed) {
		t.Errorf("error is %v, want ErrClosed", err)
	}
	if err := s.Compact(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("error is %v, want ErrClosed", err)
	}
	if got := files(t, folder); len(got) != 1 {
		t.Errorf("%d files are left", len(got))
	}
}

func TestNothingIsPrinted(t *testing.T) {
	keys := newKeys(t, 1, 2)
	redacttest.Check(t, keys)
	redacttest.Check(t, create(t, newFolder(t)))
	keys.Wipe()
}
