package tui

import (
	"slices"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/node/rpc"
)

// deed is something that can be done with what is selected.
type deed struct {
	action keys.Action
	word   string
}

// deeds are those that make sense, as things are.
func deeds(item model.Item) []deed {
	if item.File != nil {
		return fileDeeds(item.File)
	}
	all := []deed{{keys.CopyMessage, "copy"}, {keys.Reply, "reply"}}
	switch state := deliveryOf(*item.Message); {
	case item.Message.Sender != 0:
	case state == queued:
		all = append(all, deed{keys.EditMessage, "edit"}, deed{keys.CancelMessage, "cancel"})
	case state == undone, state == expired, state == cancelled:
		all = append(all, deed{keys.RetryMessage, "try again"})
	}
	return append(all, deed{keys.DeleteMessage, "delete"})
}

func fileDeeds(f *model.File) []deed {
	callOff := deed{keys.CancelMessage, "call off"}
	switch {
	case f.State == rpc.OfferedFile && f.Incoming:
		return []deed{{keys.SaveFile, "accept"}, {keys.CancelMessage, "decline"}}
	case f.State == rpc.OfferedFile:
		return []deed{callOff}
	case f.State == rpc.MovingFile:
		return []deed{{keys.EditMessage, "pause"}, callOff}
	case f.State == rpc.PausedFile:
		return []deed{{keys.RetryMessage, "go on"}, callOff}
	case f.State == rpc.ArrivedFile && f.Incoming:
		return []deed{{keys.CopyMessage, "copy the path"}}
	}
	return nil
}

// fits reports whether something can be done with what is selected.
func fits(item model.Item, action keys.Action) bool {
	return slices.ContainsFunc(deeds(item), func(d deed) bool { return d.action == action })
}

// unfit says why it cannot, or nothing if it is no deed at all.
func unfit(item model.Item, action keys.Action) string {
	if item.File == nil {
		return map[keys.Action]string{
			keys.EditMessage:   "only a message of yours that has not left can be edited",
			keys.CancelMessage: "only a message of yours that has not left can be called back",
			keys.RetryMessage:  "only a message of yours that has failed can be sent again",
			keys.SaveFile:      "this is a message; only a file can be accepted",
		}[action]
	}
	if action == keys.SaveFile && item.File.State == rpc.ArrivedFile && item.File.Incoming {
		return "it is saved as " + safe.Line(item.File.Path)
	}
	return map[keys.Action]string{
		keys.EditMessage:   "only a file that is on its way can be paused",
		keys.CancelMessage: "there is nothing to call off",
		keys.RetryMessage:  "only a file that is paused can go on",
		keys.SaveFile:      "there is nothing to accept",
		keys.CopyMessage:   "only the path of a file that has arrived can be copied",
		keys.Reply:         "only a message can be replied to",
		keys.DeleteMessage: "files stay in the list; the file itself is yours to delete",
	}[action]
}

// selectionHint says what can be done with what is selected.
func (m *Model) selectionHint(r *room) string {
	item, there := m.selectedItem(r)
	if !there {
		return ""
	}
	var hints []string
	for _, d := range append(deeds(item), deed{keys.SelectEnd, "back"}) {
		hints = append(hints, m.keys.Key(d.action)+" "+d.word)
	}
	return strings.Join(hints, ", ")
}

// farewell asks whether a message is to be deleted.
func farewell(msg rpc.Message) string {
	if msg.Sender == 0 && deliveryOf(msg) == queued {
		return "Delete this message? It has not left, and does not any more."
	}
	return "Delete this message here? The other side keeps theirs."
}
