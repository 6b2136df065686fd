package tui

import (
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// maxLong bounds a text that is written or pasted, in bytes. What is too long for a message
// can leave as a file, and is a draft until then: there is room in one for messages that
// come back beside it.
const maxLong = ledger.MaxDraft - 2*wire.MaxText

// text is what was written in a room: it is in the editor, or too long for it.
func (r *room) text() string {
	if r.long != "" {
		return r.long
	}
	return r.editor.Text()
}

// begins reports whether nothing was written yet of a message.
func (r *room) begins() bool { return r.text() == "" && r.editing == 0 }

// set replaces it, with one that is no longer than a draft.
func (r *room) set(text string) {
	r.long = ""
	r.editor.Set(text)
	if text = r.editor.Text(); len(text) > wire.MaxText {
		r.long = text
		r.editor.Clear()
	}
}

// insert puts text where the cursor is. It does nothing and returns false if that becomes
// too long.
func (r *room) insert(text string) bool {
	if r.long == "" && r.editor.Insert(text) {
		return true
	}
	whole := r.editor
	if r.long != "" {
		whole.Set(r.long)
	}
	if whole.Limit = maxLong; r.editing != 0 || r.leaves || !whole.Insert(text) {
		return false
	}
	r.set(whole.Text())
	return true
}

// unsent is what is kept as a draft: with what another message was changed to that is
// edited, or is to be sent once more, because that is nowhere else.
func (r *room) unsent() string {
	text, original, before := r.text(), "", ""
	switch {
	case r.editing != 0:
		original, before = r.original, r.stash
	case r.past.at != 0:
		original, before = r.past.recalled, r.past.typed
	default:
		return text
	}
	if text == original {
		return before
	}
	return join(before, text)
}

// giveBack puts a text that was not sent before what was written since, and behind what has
// come back before: that is the order in which they were written.
func (r *room) giveBack(text string) {
	rest := r.text()
	if r.editing != 0 {
		rest = r.stash
	}
	if after, ok := strings.CutPrefix(rest, r.back); ok && r.back != "" {
		text, rest = join(r.back, text), strings.TrimPrefix(after, "\n")
	}
	r.back = text
	if text = join(text, rest); r.editing != 0 {
		r.stash = text
		return
	}
	r.set(text)
}

// join puts two texts below each other, if they are two.
func join(first, second string) string {
	switch {
	case first == "" || first == second:
		return second
	case second == "":
		return first
	}
	return first + "\n" + second
}

// tooLong says that something has no room in the composer.
func (m *Model) tooLong(r *room, text string) {
	switch {
	case r.leaves:
		m.say(warning, "the long text is being sent; write on when it has gone")
	case r.long != "" && len(text) <= wire.MaxText:
		m.say(warning, "first send or drop the long text; "+m.keys.Key(keys.Editor)+" edits it")
	case r.editing != 0:
		m.say(warning, fmt.Sprintf("a message has %d KiB at most; nothing was added", wire.MaxText>>10))
	default:
		m.say(warning, fmt.Sprintf("not pasted: that would be %s, and %s is the most; /file sends a file of any size",
			wording.Bytes(int64(len(r.text())+len(text))), wording.Bytes(maxLong)))
	}
}
