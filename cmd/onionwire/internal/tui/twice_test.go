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
	write := func(u *ui, text string) {
		u.typed(text)
		u.pass(2 * time.Second)
	}
	send := func(u *ui) {
		u.press("enter")
		u.pass(2 * time.Second)
	}
	for name, tt := range map[string]struct {
		do   func(one, two *ui)
		want string
	}{
		"one after the other": {func(one, two *ui) {
			write(one, ", first")
			write(two, "; second")
			two.sees("› shared, first", "  ; second")
			write(two, " and more")
			write(one, " of all")
		}, "shared, first\n; second and more\n of all"},
		"both are ended": {func(one, two *ui) {
			one.typed(", first")
			two.typed("; second")
			one.press("ctrl+q")
			two.press("ctrl+q")
		}, "shared, first\n; second"},
		"both are hung up": {func(one, two *ui) {
			one.typed(", first")
			two.typed("; second")
			_ = one.m.Close()
			_ = two.m.Close()
		}, "shared, first\n; second"},
		"one has sent it": {func(one, two *ui) {
			send(one)
			write(two, "; second")
		}, "shared; second"},
		"one has sent it, the other written more": {func(one, two *ui) {
			write(two, "; second")
			send(one)
		}, "shared; second"},
	} {
		t.Run(name, func(t *testing.T) {
			twice(t, func(one, two *ui) {
				tt.do(one, two)
				one.wantDraft(tt.want)
			})
		})
	}
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
