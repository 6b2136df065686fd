package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// settingsName is the name under which the settings of a profile are kept.
const settingsName = store.SettingsName

// settings are what is kept of them.
type settings struct {
	Name       string        `json:"name"`
	NoReceipts bool          `json:"no_receipts"`
	NoTyping   bool          `json:"no_typing"`
	Expiry     time.Duration `json:"expiry"`
	AutoAccept uint64        `json:"auto_accept"`
	Downloads  string        `json:"downloads"`
}

func (s settings) engine() engine.Settings {
	return engine.Settings{
		Name: s.Name, NoReceipts: s.NoReceipts, NoTyping: s.NoTyping, Expiry: s.Expiry, AutoAccept: s.AutoAccept,
	}
}

func (s settings) change() (ledger.Change, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return ledger.PutSetting{Name: settingsName, Value: b}, nil
}

func readSettings(tx *store.View) (s settings, err error) {
	b, err := tx.Setting(settingsName)
	if errors.Is(err, store.ErrNotFound) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// readSnapshot reads what the engine begins with, the settings, and when messages
// disappear next.
func readSnapshot(tx *store.View) (s engine.Snapshot, own settings, expiry time.Time, err error) {
	own, err = readSettings(tx)
	s.Settings = own.engine()
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	read(func() (err error) { s.Counters, err = tx.Counters(); return err })
	read(func() (err error) { s.Contacts, err = tx.Contacts(); return err })
	read(func() (err error) { s.Streams, err = tx.Streams(); return err })
	read(func() (err error) { s.Conversations, err = tx.Conversations(); return err })
	read(func() (err error) { s.Items, err = tx.Waiting(); return err })
	read(func() (err error) { s.Cells, err = tx.AllCells(); return err })
	read(func() (err error) { s.Invites, err = tx.Invites(); return err })
	read(func() (err error) { s.Files, err = tx.OpenFiles(); return err })
	read(func() (err error) { s.Ended, err = tx.EndedFiles(); return err })
	read(func() (err error) { expiry, err = tx.NextExpiry(); return err })
	return s, own, expiry, err
}

// ensure gives the engine the sessions of a contact, if it does not have them.
func (n *Node) ensure(ctx context.Context, e *engine.Engine, now time.Time, id ledger.ContactID) error {
	if e.Loaded(id) {
		return nil
	}
	var l engine.Loaded
	err := n.view(ctx, func(tx *store.View) (err error) {
		if l.Sessions, err = tx.Sessions(id); err != nil {
			return err
		}
		l.Cells, err = tx.Cells(id)
		return err
	})
	if err != nil {
		return err
	}
	if err := e.Load(now, id, l); err != nil {
		n.log.Warn("a session cannot be read, and counts as lost", "error", err)
	}
	return nil
}

// ownAddresses are where a profile with these keys can be reached.
func ownAddresses(keys []onion.Key) []ledger.Address {
	var all []ledger.Address
	for _, k := range keys {
		all = append(all, ledger.Address{Onion: [32]byte(k.Address().PublicKey()), Port: profile.Port})
	}
	return all
}
