package store

import (
	"context"
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// unclearedName is a row that is there while deleted content may be in the files.
const unclearedName = ownSettings + "uncleared"

const (
	// compactTurn is about how long a step of CompactStep should hold others up.
	compactTurn = 30 * time.Millisecond
	// maxUnlisting is how many messages leave the index in one step at most.
	maxUnlisting = 512
	// compactPages is how many pages are given back in one step.
	compactPages = "PRAGMA incremental_vacuum(64)"
)

// Compact makes that deleted content is nowhere in the files any more, and gives the
// room back, in small steps between which others get their turn. Without it, both
// happens later: what was deleted is overwritten in the database, and stays in its log
// until that is written anew; the words of many messages that were deleted at once
// leave the index with the transactions to come.
func (s *Store) Compact(ctx context.Context) error {
	for {
		if more, err := s.compactStep(ctx, true); err != nil || !more {
			return err
		}
	}
}

// CompactStep does a small part of Compact, if something was deleted since that was
// last done to its end, by whichever process: deletions leave a mark, in their own
// transaction. It reports whether there is more to do. A step waits for all who read
// or write, and takes some tens of milliseconds, now and then a few hundred, when the
// index is merged.
func (s *Store) CompactStep(ctx context.Context) (more bool, err error) {
	return s.compactStep(ctx, false)
}

func (s *Store) compactStep(ctx context.Context, always bool) (more bool, err error) {
	if err := s.take(ctx, false); err != nil {
		return false, err
	}
	defer s.turn.give()
	if !always && !s.uncleared {
		return false, nil
	}
	if more, err = s.unlistSome(ctx); err != nil || more {
		return more, err
	}
	before := s.conn.SetInterrupt(ctx)
	defer s.conn.SetInterrupt(before)
	free, err := s.number("PRAGMA freelist_count")
	if err != nil {
		return false, s.explain(ctx, err)
	}
	if free > 0 {
		return true, s.explain(ctx, s.conn.Exec(compactPages))
	}
	return false, s.clear(ctx)
}

// unlistSome takes messages that are gone out of the index, and reports whether there
// were any. How many at a time depends on how long the last ones took: most of the work
// is done when the transaction ends, which takes some out in any case.
func (s *Store) unlistSome(ctx context.Context) (some bool, err error) {
	begin := time.Now()
	err = s.transact(ctx, func(tx *Update) (err error) {
		some, err = tx.unlist(s.unlisting)
		return err
	})
	switch took := time.Since(begin); {
	case took > compactTurn:
		s.unlisting /= 2
	case took < compactTurn/2:
		s.unlisting = min(2*s.unlisting+unlistBatch, maxUnlisting)
	}
	return some, err
}

// clear empties the log. The mark goes when that is done, and not before: a crash
// between the two has it done again.
func (s *Store) clear(ctx context.Context) error {
	if err := s.checkpoint(); err != nil || !s.uncleared {
		return s.explain(ctx, err)
	}
	err := s.transact(ctx, func(tx *Update) error {
		return tx.run("DELETE FROM settings WHERE name = ?", nil, unclearedName)
	})
	if err != nil {
		return err
	}
	s.uncleared = false
	return s.explain(ctx, s.checkpoint())
}

// checkpoint writes all of the log into the database and empties it.
func (s *Store) checkpoint() error {
	busy, err := s.number("PRAGMA wal_checkpoint(TRUNCATE)")
	if err == nil && busy != 0 {
		err = sqlite3.BUSY
	}
	return err
}

// checkCleared finds out whether something was deleted before the files were closed.
func (s *Store) checkCleared(ctx context.Context) error {
	err := s.View(ctx, func(tx *View) error {
		_, err := tx.Setting(unclearedName)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	s.uncleared = err == nil
	return err
}
