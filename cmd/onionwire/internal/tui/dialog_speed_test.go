package tui_test

import (
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
)

// BenchmarkDialogKey is how long it takes from a key to a frame in dialogs that look
// through ten thousand contacts.
func BenchmarkDialogKey(b *testing.B) {
	d := drive(b, apitest.NewLarge(manyTalks, manyTexts), 120, 40)
	for _, dialog := range []struct {
		name  string
		open  tea.KeyPressMsg
		typed string
	}{
		{"go-to", tea.KeyPressMsg{Code: 'k', Mod: tea.ModCtrl}, "c"},
		{"settings", tea.KeyPressMsg{Code: tea.KeyF9}, "ooo"},
		{"console", tea.KeyPressMsg{Code: 'p', Mod: tea.ModCtrl}, "mute c"},
	} {
		b.Run(dialog.name, func(b *testing.B) {
			d.key(dialog.open)
			for _, r := range dialog.typed {
				d.key(letter(r))
			}
			for b.Loop() {
				d.key(letter('o'))
				d.key(tea.KeyPressMsg{Code: tea.KeyBackspace})
			}
			d.key(tea.KeyPressMsg{Code: tea.KeyEscape})
		})
	}
}
