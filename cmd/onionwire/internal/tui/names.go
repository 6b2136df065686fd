package tui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/node/rpc"
)

// names are what an argument of a command can be, as far as the screen knows.
func (m *Model) names(kind console.Kind) (options []console.Option) {
	switch kind {
	case console.Contact:
		return m.people(rpc.AcceptedContact, rpc.RequestedContact)
	case console.Request:
		return m.people(rpc.AskingContact)
	case console.Blocked:
		return m.people(rpc.BlockedContact)
	case console.Theme:
		for _, name := range append(theme.Names(), autoTheme) {
			options = append(options, console.Option{Value: name})
		}
	case console.Setting:
		for _, s := range m.settings() {
			options = append(options, console.Option{Value: s.Name, Note: s.label})
		}
	}
	return options
}

// everybody are all contacts, by their numbers.
func (m *Model) everybody() []rpc.Contact {
	var all []rpc.Contact
	for _, c := range m.state.Contacts() {
		all = append(all, c.Contact)
	}
	slices.SortFunc(all, func(a, b rpc.Contact) int { return int(a.ID - b.ID) })
	return all
}

// people are contacts in some states by what means each of them and nobody else.
func (m *Model) people(states ...rpc.ContactState) (options []console.Option) {
	all := slices.DeleteFunc(m.everybody(), func(c rpc.Contact) bool { return !slices.Contains(states, c.State) })
	for i, reference := range lookup.References(all) {
		o := console.Option{Value: reference}
		if reference != lookup.Name(all[i]) {
			o.Note = m.state.Label(all[i].ID)
		}
		options = append(options, o)
	}
	slices.SortFunc(options, func(a, b console.Option) int {
		return strings.Compare(strings.ToLower(a.Value), strings.ToLower(b.Value))
	})
	return options
}

// maxEntries bounds what is looked at of a folder.
const maxEntries = 2000

// folder has the names of files in a folder, for paths to be completed. They are read
// beside the interface: a folder can be on a disk that does not answer.
type folder struct {
	dir    string // as typed, up to the last separator
	known  bool
	listed []console.Option
}

// folderMsg is what is in a folder.
type folderMsg struct {
	to     *folder
	dir    string
	listed []console.Option
}

// entries are the files that a path can become, and the command that finds out, if they
// are not known yet.
func (f *folder) entries(m *Model, path string) ([]console.Option, tea.Cmd) {
	dir := path[:strings.LastIndexFunc(path, separator)+1]
	if f.known && f.dir == dir {
		return f.listed, nil
	}
	if f.dir == dir && f.listed == nil && !f.known && dir != "" {
		return nil, nil // it is being read
	}
	f.dir, f.known, f.listed = dir, false, nil
	return nil, m.run(func(context.Context) tea.Msg { return folderMsg{f, dir, list(dir)} })
}

func separator(r rune) bool { return r < 128 && os.IsPathSeparator(uint8(r)) }

func (f *folder) take(msg folderMsg) {
	if msg.dir == f.dir {
		f.known, f.listed = true, msg.listed
	}
}

// list returns the files of a folder as somebody types them, folders with a separator
// behind them. Hidden ones are left out.
func list(dir string) []console.Option {
	path, err := settings.Path(dir)
	if dir == "" {
		path, err = ".", nil
	}
	if err != nil {
		return nil
	}
	open, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer open.Close()
	entries, _ := open.ReadDir(maxEntries) // as many as could be read
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var options []console.Option
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		o := console.Option{Value: dir + e.Name()}
		if e.IsDir() {
			o.Value, o.Partial = o.Value+string(filepath.Separator), true
		}
		options = append(options, o)
	}
	return options
}
