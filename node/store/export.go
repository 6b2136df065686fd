package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"github.com/onionwire/onionwire/node/ledger"
)

// Export is what goes into an export.
type Export struct {
	// History is whether conversations and messages go with the contacts.
	History bool
	// Secret is given back by whoever opens the export: the words of the master
	// secret, for example, without which contacts are of little use elsewhere.
	Secret []byte
}

// exportPage is how many messages are read in one turn.
const exportPage = 200

// SettingsName is the name of the setting that goes into an export: what somebody has
// chosen for the profile. Others, such as the tokens of programs, stay.
const SettingsName = "node.settings"

// Export writes contacts with their addresses, settings, and history if wanted, to one
// file encrypted under a passphrase with age (age-encryption.org/v1, scrypt). Sessions,
// what waits to be sent, and files stay: two copies of a session would use keys twice.
// What is written to the store meanwhile may be in it or not. What was written to w
// before an error opens nowhere.
func (s *Store) Export(ctx context.Context, w io.Writer, passphrase string, e Export) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return s.export(ctx, w, recipient, e)
}

func (s *Store) export(ctx context.Context, w io.Writer, recipient age.Recipient, e Export) error {
	encrypted, err := age.Encrypt(w, recipient)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	buffered := bufio.NewWriter(encrypted)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	err = s.exportTo(ctx, lines, e)
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = encrypted.Close() // the end, without which it is cut off
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// exportTo writes all records. Nobody waits while they are encrypted and written: what
// is read in one turn is written after it.
func (s *Store) exportTo(ctx context.Context, lines *json.Encoder, e Export) error {
	var last ledger.MessageNumber // what comes later may refer to what is not in it
	records := []record{{Header: &exportHeader{Version: exportVersion, Secret: e.Secret}}}
	err := s.View(ctx, func(tx *View) (err error) {
		if records, err = tx.exportRest(records, e.History); err != nil {
			return err
		}
		counters, err := tx.Counters()
		last = counters.Message
		return err
	})
	if err != nil {
		return err
	}
	for after := ledger.MessageNumber(0); ; {
		for _, r := range records {
			if err := lines.Encode(r); err != nil {
				return err
			}
			if r.Message != nil {
				after = r.Message.Number
			}
		}
		if !e.History || after >= last {
			return nil
		}
		err := s.View(ctx, func(tx *View) (err error) {
			records, err = tx.exportMessages(after, last)
			return err
		})
		if err != nil || len(records) == 0 {
			return err
		}
	}
}

// exportRest adds everything but messages.
func (v *View) exportRest(records []record, history bool) ([]record, error) {
	records, err := v.exportSettings(records)
	if err != nil {
		return nil, err
	}
	contacts, err := v.Contacts()
	if err != nil {
		return nil, err
	}
	for _, c := range contacts {
		out := exportContact{
			ID: c.ID, Peer: c.Peer, Name: c.Name, Alias: c.Alias, Introduction: c.Introduction, Invite: c.Invite,
			State: c.State, Changed: toMillis(c.Changed), Forgotten: c.Forgotten, Expiry: int64(c.Expiry), Silent: c.Silent,
			Verified: c.Verified, Muted: c.Muted, KeepConnected: c.KeepConnected, Added: toMillis(c.Added),
		}
		for _, a := range c.Addresses {
			out.Addresses = append(out.Addresses, exportAddress{a.Onion[:], a.Port, a.ClientKey})
		}
		records = append(records, record{Contact: &out})
	}
	if !history {
		return records, nil
	}
	conversations, err := v.Conversations()
	if err != nil {
		return nil, err
	}
	for _, c := range conversations {
		draft, err := v.Draft(c.ID)
		if err != nil {
			return nil, err
		}
		records = append(records, record{Conversation: &exportConversation{
			ID: c.ID, Kind: c.Kind, Title: c.Title, Muted: c.Muted, Timer: int64(c.Timer / time.Second),
			Read: c.Read, Added: toMillis(c.Added), Members: c.Members, Draft: draft,
		}})
	}
	return records, nil
}

// exportSettings adds the settings of the node.
func (v *View) exportSettings(records []record) ([]record, error) {
	value, err := v.Setting(SettingsName)
	if errors.Is(err, ErrNotFound) {
		return records, nil
	}
	return append(records, record{Setting: &exportSetting{Name: SettingsName, Value: value}}), err
}

// exportMessages returns the next messages up to the last one.
func (v *View) exportMessages(after, last ledger.MessageNumber) (records []record, err error) {
	page, err := v.messages(messageColumns+"WHERE m.number > ? AND m.number <= ? ORDER BY m.number LIMIT ?",
		int64(after), int64(last), exportPage)
	for _, m := range page {
		if err != nil {
			break
		}
		var deliveries []ledger.Delivery
		deliveries, err = v.Deliveries(m.Number)
		out := exportMessage{
			Number: m.Number, Conversation: m.Conversation, Sender: m.Sender, ID: m.ID[:], Body: m.Body,
			Written: toMillis(m.Written), Stored: toMillis(m.Stored), Timer: int64(m.Timer / time.Second), Expires: toMillis(m.Expires),
		}
		for _, d := range deliveries {
			out.Deliveries = append(out.Deliveries, exportDelivery{d.Contact, d.State, toMillis(d.Changed)})
		}
		records = append(records, record{Message: &out})
	}
	return records, err
}
