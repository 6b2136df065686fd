package model

import (
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxNotes bounds the notes of a conversation: a contact could make the node say the same
// again and again.
const maxNotes = 5

// Note is something that has happened to a conversation and is no message: a contact knows
// more of it than the node (ledger.SetBack).
type Note struct {
	Cursor  ledger.Cursor
	Time    rpc.Time
	Contact ledger.ContactID
}

// Noted takes an event, of long ago perhaps, of which there is a note.
func (s *State) Noted(e rpc.Event) {
	all := s.notes[e.Conversation]
	i, there := slices.BinarySearchFunc(all, e.Cursor, func(n Note, c ledger.Cursor) int { return int(n.Cursor - c) })
	if there {
		return
	}
	all = slices.Insert(all, i, Note{e.Cursor, e.Happened, e.Contact})
	s.notes[e.Conversation] = all[max(len(all)-maxNotes, 0):]
}

// Notes are those of a conversation, the first one first.
func (s *State) Notes(id ledger.ConversationID) []Note { return s.notes[id] }

// NotesAt are the notes that stand above an item of a conversation, and those below it if it
// is the last one.
func (s *State) NotesAt(id ledger.ConversationID, t *Timeline, i int) (above, below []Note) {
	items := t.Items()
	for _, n := range s.notes[id] {
		switch before := n.Time.Before(items[i].Time().Time); {
		case before && (i == 0 && t.Top || i > 0 && !n.Time.Before(items[i-1].Time().Time)):
			above = append(above, n)
		case !before && i == len(items)-1 && t.Bottom:
			below = append(below, n)
		}
	}
	return above, below
}
