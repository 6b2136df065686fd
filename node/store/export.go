package store

import (
	"bufio"
	"context"
	"encoding/json"
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

// exportPage is how many messages are read at a time.
const exportPage = 500

// Export writes contacts with their addresses, and history if wanted, to one file
// encrypted under a passphrase with age (age-encryption.org/v1, scrypt). Sessions,
// what waits to be sent, and files stay: two copies of a session would use keys twice.
// The store does nothing else meanwhile. What was written before an error opens
// nowhere.
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
	err = s.View(ctx, func(tx *View) error {
		if err := lines.Encode(record{Header: &exportHeader{Version: exportVersion, Secret: e.Secret}}); err != nil {
			return err
		}
		if err := tx.exportContacts(lines); err != nil || !e.History {
			return err
		}
		return tx.exportHistory(lines)
	})
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

func (v *View) exportContacts(lines *json.Encoder) error {
	contacts, err := v.Contacts()
	if err != nil {
		return err
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
		if err := lines.Encode(record{Contact: &out}); err != nil {
			return err
		}
	}
	return nil
}

func (v *View) exportHistory(lines *json.Encoder) error {
	conversations, err := v.Conversations()
	if err != nil {
		return err
	}
	for _, c := range conversations {
		if err := lines.Encode(record{Conversation: &exportConversation{
			ID: c.ID, Kind: c.Kind, Title: c.Title, Muted: c.Muted, Timer: int64(c.Timer / time.Second),
			Read: c.Read, Added: toMillis(c.Added), Members: c.Members,
		}}); err != nil {
			return err
		}
	}
	for after := ledger.MessageNumber(0); ; {
		page, err := v.messages(messageColumns+"WHERE m.number > ? ORDER BY m.number LIMIT ?", int64(after), exportPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, m := range page {
			if err := v.exportMessage(lines, m); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Number
	}
}

func (v *View) exportMessage(lines *json.Encoder, m ledger.Message) error {
	deliveries, err := v.Deliveries(m.Number)
	if err != nil {
		return err
	}
	out := exportMessage{
		Number: m.Number, Conversation: m.Conversation, Sender: m.Sender, ID: m.ID[:], Body: m.Body,
		Written: toMillis(m.Written), Stored: toMillis(m.Stored), Timer: int64(m.Timer / time.Second), Expires: toMillis(m.Expires),
	}
	for _, d := range deliveries {
		out.Deliveries = append(out.Deliveries, exportDelivery{d.Contact, d.State, toMillis(d.Changed)})
	}
	return lines.Encode(record{Message: &out})
}
