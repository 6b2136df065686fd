package tui_test

import (
	"strings"
	"testing"
	"time"
)

// twice opens two interfaces on one node, on the same draft.
func twice(t *testing.T, test func(one, two *ui)) {
	t.Helper()
	in(t, 80, 24, pair, func(one *ui) {
		_ = one.api.SetDraft(ctx, 1, "shared")
		one.press("alt+down")
		two := start(one.t, 80, 24, one.api)
		two.press("alt+down")
		one.sees("› shared")
		two.sees("› shared")
		test(one, two)
		if err := two.m.Close(); err != nil {
			t.Error(err)
		}
	})
}

// What two interfaces on a node write in a conversation is kept, both.
func TestDraftsOfTwoInterfaces(t *testing.T) {
	t.Run("one after the other", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			one.typed(", first")
			one.pass(2 * time.Second)
			two.typed("; second")
			two.pass(2 * time.Second)
			two.sees("› shared, first", "  ; second")
			one.wantDraft("shared, first\n; second")
			two.typed(" and more")
			two.pass(2 * time.Second)
			one.typed(" of all")
			one.pass(2 * time.Second)
			one.wantDraft("shared, first\n; second and more\n of all")
		})
	})
	t.Run("both are ended", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			one.typed(", first")
			two.typed("; second")
			one.press("ctrl+q")
			two.press("ctrl+q")
			two.wantDraft("shared, first\n; second")
		})
	})
	t.Run("both are hung up", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			one.typed(", first")
			two.typed("; second")
			_ = one.m.Close()
			_ = two.m.Close()
			two.wantDraft("shared, first\n; second")
		})
	})
	t.Run("one has sent it", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			one.press("enter")
			one.pass(2 * time.Second)
			two.typed("; second")
			two.pass(2 * time.Second)
			two.wantDraft("shared; second")
		})
	})
	t.Run("one has sent it, the other written more", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			two.typed("; second")
			two.pass(2 * time.Second)
			one.press("enter")
			one.pass(2 * time.Second)
			one.wantDraft("shared; second")
		})
	})
	t.Run("while a message is changed", func(t *testing.T) {
		twice(t, func(one, two *ui) {
			two.press("enter")
			two.typed("next")
			two.pass(2 * time.Second)
			one.press("ctrl+u")
			one.typed("mine")
			one.press("ctrl+up", "e")
			one.typed(" changed")
			one.pass(2 * time.Second)
			one.press("ctrl+q")
			draft, _ := one.api.Draft(ctx, 1)
			for _, part := range []string{"next", "mine", "shared changed"} {
				if !strings.Contains(draft, part) {
					t.Errorf("%q is not in the draft %q", part, draft)
				}
			}
		})
	})
}
