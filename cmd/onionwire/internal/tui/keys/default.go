package keys

import "fmt"

// Actions that hold wherever no dialog is open.
const (
	Help         Action = "help"
	Console      Action = "console"
	GoTo         Action = "go-to"
	NextUnread   Action = "next-unread"
	NextTalk     Action = "next-conversation"
	PreviousTalk Action = "previous-conversation"
	NextTab      Action = "next-tab"
	PreviousTab  Action = "previous-tab"
	CloseTab     Action = "close-tab"
	Requests     Action = "requests"
	MyLink       Action = "my-link"
	AddContact   Action = "add-contact"
	Files        Action = "files"
	Search       Action = "search"
	Status       Action = "status"
	Settings     Action = "settings"
	Verify       Action = "verify"
	Sidebar      Action = "sidebar"
	Mouse        Action = "mouse"
	Mute         Action = "mute"
	Lock         Action = "lock"
	Redraw       Action = "redraw"
	Quit         Action = "quit"
	Interrupt    Action = "interrupt"
	Suspend      Action = "suspend"

	PageUp   Action = "page-up"
	PageDown Action = "page-down"
	LineUp   Action = "line-up"
	LineDown Action = "line-down"
	Oldest   Action = "oldest"
	Latest   Action = "latest"
)

// Tab returns the action that goes to a tab, from 1 to 9.
func Tab(n int) Action { return Action(fmt.Sprintf("tab-%d", n)) }

// Actions of the composer.
const (
	Send          Action = "send"
	NewLine       Action = "new-line"
	Editor        Action = "editor"
	HistoryBack   Action = "history-back"
	HistoryOn     Action = "history-on"
	Select        Action = "select"
	Cancel        Action = "cancel"
	Left          Action = "left"
	Right         Action = "right"
	WordLeft      Action = "word-left"
	WordRight     Action = "word-right"
	LineStart     Action = "line-start"
	LineEnd       Action = "line-end"
	Backspace     Action = "delete-back"
	Delete        Action = "delete-on"
	DeleteWord    Action = "delete-word"
	DeleteToStart Action = "delete-to-start"
	Complete      Action = "complete"
)

// Actions on a message that is selected.
const (
	SelectUp      Action = "select-up"
	SelectDown    Action = "select-down"
	SelectEnd     Action = "select-end"
	CopyMessage   Action = "copy-message"
	Reply         Action = "reply"
	CancelMessage Action = "cancel-message"
	EditMessage   Action = "edit-message"
	RetryMessage  Action = "retry-message"
	DeleteMessage Action = "delete-message"
	SaveFile      Action = "save-file"
)

// Actions of dialogs.
const (
	Close       Action = "close"
	Confirm     Action = "confirm"
	ItemUp      Action = "item-up"
	ItemDown    Action = "item-down"
	ItemPageUp  Action = "item-page-up"
	ItemPageDn  Action = "item-page-down"
	NextField   Action = "next-field"
	BeforeField Action = "previous-field"
)

// Default returns the bindings that hold unless a user says otherwise.
func Default() Map { return New(defaults()) }

func defaults() []Binding {
	all := []Binding{
		{Everywhere, Help, []string{"f1"}, "help; where nothing is written also ?"},
		{Everywhere, Quit, []string{"ctrl+q"}, "quit; what is queued stays queued"},
		{Everywhere, Lock, []string{"alt+l"}, "lock"},
		{Everywhere, Redraw, []string{"ctrl+l"}, "draw the screen again"},
		{Everywhere, Interrupt, []string{"ctrl+c"}, "leave what is open; twice to quit"},
		{Everywhere, Suspend, []string{"ctrl+z"}, "to the shell; fg returns"},

		{Composer, Console, []string{"ctrl+p"}, "command; in an empty composer also /"},
		{Composer, GoTo, []string{"ctrl+k"}, "go to a conversation by its name"},
		{Composer, NextUnread, []string{"alt+u"}, "go to the next conversation with unread messages"},
		{Composer, NextTalk, []string{"alt+down"}, "next conversation of the sidebar"},
		{Composer, PreviousTalk, []string{"alt+up"}, "previous conversation of the sidebar"},
		{Composer, NextTab, []string{"ctrl+pgdown"}, "next tab"},
		{Composer, PreviousTab, []string{"ctrl+pgup"}, "previous tab"},
	}
	for n := 1; n <= 9; n++ {
		all = append(all, Binding{Composer, Tab(n), []string{fmt.Sprintf("alt+%d", n)}, fmt.Sprintf("tab %d", n)})
	}
	return append(append(append(all, screens()...), composer()...), dialogs()...)
}

func screens() []Binding {
	return []Binding{
		{Composer, CloseTab, []string{"alt+w"}, "close the tab"},
		{Composer, MyLink, []string{"f2"}, "my contact link"},
		{Composer, AddContact, []string{"f3"}, "add a contact"},
		{Composer, Requests, []string{"f5"}, "requests"},
		{Composer, Files, []string{"f6"}, "files"},
		{Composer, Search, []string{"ctrl+f"}, "search"},
		{Composer, Verify, []string{"f7"}, "verify the contact"},
		{Composer, Status, []string{"f8"}, "status of Tor and of this profile"},
		{Composer, Settings, []string{"f9"}, "settings"},
		{Composer, Sidebar, []string{"ctrl+b"}, "show or hide the sidebar"},
		{Composer, Mouse, []string{"alt+m"}, "mouse on or off"},
		{Composer, Mute, []string{"alt+s"}, "mute or unmute the conversation"},

		{Composer, PageUp, []string{"pgup"}, "page up"},
		{Composer, PageDown, []string{"pgdown"}, "page down"},
		{Composer, LineUp, []string{"shift+up"}, "line up"},
		{Composer, LineDown, []string{"shift+down"}, "line down"},
		{Composer, Oldest, []string{"ctrl+home"}, "oldest message"},
		{Composer, Latest, []string{"ctrl+end"}, "latest message"},
	}
}

func composer() []Binding {
	return []Binding{
		{Composer, Send, []string{"enter"}, "send"},
		{Composer, NewLine, []string{"alt+enter", "ctrl+j", "shift+enter"}, "new line"},
		{Composer, Editor, []string{"f4", "ctrl+x ctrl+e"}, "write in $EDITOR"},
		{Composer, HistoryBack, []string{"up"}, "line up, or what was sent before"},
		{Composer, HistoryOn, []string{"down"}, "line down, or what was sent after"},
		{Composer, Select, []string{"ctrl+up"}, "select a message"},
		{Composer, Cancel, []string{"esc"}, "stop replying or editing"},
		{Composer, Left, []string{"left"}, "left"},
		{Composer, Right, []string{"right"}, "right"},
		{Composer, WordLeft, []string{"alt+b", "alt+left", "ctrl+left"}, "word to the left"},
		{Composer, WordRight, []string{"alt+f", "alt+right", "ctrl+right"}, "word to the right"},
		{Composer, LineStart, []string{"home", "ctrl+a"}, "start of the line"},
		{Composer, LineEnd, []string{"end", "ctrl+e"}, "end of the line"},
		{Composer, Backspace, []string{"backspace", "ctrl+h"}, "delete to the left"},
		{Composer, Delete, []string{"delete", "ctrl+d"}, "delete to the right"},
		{Composer, DeleteWord, []string{"ctrl+w", "alt+backspace"}, "delete the word to the left"},
		{Composer, DeleteToStart, []string{"ctrl+u"}, "delete to the start of the line"},
		{Composer, Complete, []string{"tab"}, "complete a command"},

		{Selection, SelectUp, []string{"up", "ctrl+up", "k"}, "message above"},
		{Selection, SelectDown, []string{"down", "ctrl+down", "j"}, "message below"},
		{Selection, SelectEnd, []string{"esc", "q"}, "back to the composer"},
		{Selection, CopyMessage, []string{"c", "y"}, "copy"},
		{Selection, Reply, []string{"r"}, "reply with a quote"},
		{Selection, CancelMessage, []string{"x"}, "cancel what has not left"},
		{Selection, EditMessage, []string{"e"}, "edit what has not left"},
		{Selection, RetryMessage, []string{"t"}, "try again"},
		{Selection, DeleteMessage, []string{"d", "delete"}, "delete here"},
		{Selection, SaveFile, []string{"s", "enter"}, "accept the file"},

		{Dialog, Close, []string{"esc"}, "close"},
		{Dialog, Confirm, []string{"enter"}, "do it"},
		{Dialog, ItemUp, []string{"up", "ctrl+p"}, "up"},
		{Dialog, ItemDown, []string{"down", "ctrl+n"}, "down"},
		{Dialog, ItemPageUp, []string{"pgup"}, "page up"},
		{Dialog, ItemPageDn, []string{"pgdown"}, "page down"},
		{Dialog, NextField, []string{"tab"}, "next field"},
		{Dialog, BeforeField, []string{"shift+tab"}, "previous field"},
	}
}
