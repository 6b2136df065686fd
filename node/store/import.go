package store

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"filippo.io/age"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
)

var (
	// ErrExport means that an export is damaged, cut off, or something else.
	ErrExport = errors.New("export is damaged")
	// ErrPassphrase means that an export is under another passphrase.
	ErrPassphrase = errors.New("wrong passphrase")
)

// maxWork is what a passphrase may cost at most: 1 GiB of memory. Whoever sends an
// export chooses the cost.
const maxWork = 20

// importBatch is how many records go into one transaction.
const importBatch = 1000

// Import is an export that was opened. It is used once.
type Import struct {
	redact.Redacted
	lines  *bufio.Scanner
	secret []byte
}

// OpenExport opens an export, from which it reads the beginning. It fails with
// ErrPassphrase, ErrExport or ErrNewer, or the error of r.
func OpenExport(r io.Reader, passphrase string) (*Import, error) {
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPassphrase, err)
	}
	identity.SetMaxWorkFactor(maxWork)
	source := &source{r: r}
	plain, err := age.Decrypt(source, identity)
	var mismatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, ErrPassphrase
	case err != nil && source.err != nil:
		return nil, fmt.Errorf("read export: %w", source.err)
	case err != nil: // it repeats what is in the file, which may be another one
		return nil, fmt.Errorf("%w: it does not begin as one", ErrExport)
	}
	return openPlain(plain)
}

// source remembers why nothing more can be read.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// openPlain reads the header of the content of an export.
func openPlain(plain io.Reader) (*Import, error) {
	i := &Import{lines: bufio.NewScanner(plain)}
	i.lines.Buffer(nil, maxRecord)
	first, more, err := i.next()
	switch {
	case err != nil:
		return nil, err
	case !more || first.Header == nil || first.Header.Version <= 0:
		return nil, fmt.Errorf("%w: it has no header", ErrExport)
	case first.Header.Version > exportVersion:
		return nil, fmt.Errorf("%w: export %d", ErrNewer, first.Header.Version)
	}
	i.secret = first.Header.Secret
	return i, nil
}

// Secret is what the export was given to keep.
func (i *Import) Secret() []byte { return i.secret }

// Create makes a store out of the export, as the function Create makes an empty one:
// after any error, and any crash, there is a whole one or none. It fails as that
// does, or with ErrExport.
func (i *Import) Create(ctx context.Context, folder *lock.Folder, keys *Keys) (*Store, error) {
	return standard().create(ctx, folder, keys, func(s *Store) error { return i.fill(ctx, s) })
}

// next returns the next record, or that there are no more.
func (i *Import) next() (r record, more bool, err error) {
	if !i.lines.Scan() {
		if err := i.lines.Err(); err != nil {
			return record{}, false, fmt.Errorf("%w: %w", ErrExport, err)
		}
		return record{}, false, nil
	}
	r, err = parseRecord(i.lines.Bytes())
	return r, err == nil, err
}

// fill adds all records to an empty store, under the numbers that they have.
func (i *Import) fill(ctx context.Context, s *Store) error {
	n := numbers{make(map[ledger.ContactID]bool), make(map[ledger.ConversationID]bool)}
	for more := true; more; {
		err := s.Update(ctx, func(tx *Update) (err error) {
			for range importBatch {
				var r record
				if r, more, err = i.next(); err != nil || !more {
					return err
				}
				if err := tx.addRecord(r, n); err != nil {
					return blame(err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// maxNumber bounds the numbers of an export: there must be room behind them.
const maxNumber = 1 << 53

// numbers are those that an export has used.
type numbers struct {
	contacts      map[ledger.ContactID]bool
	conversations map[ledger.ConversationID]bool
}

var errHeader = errors.New("it has a second header")

// blame says of an error that comes of a record, and not of the disk, that the
// export is to blame.
func blame(err error) error {
	for _, kind := range []error{ErrExists, ErrNotFound, ErrInvalid, errHeader} {
		if errors.Is(err, kind) {
			return fmt.Errorf("%w: %w", ErrExport, err)
		}
	}
	return err
}

func (u *Update) addRecord(r record, n numbers) error {
	switch {
	case r.Setting != nil:
		return u.importSetting(r.Setting)
	case r.Contact != nil:
		return u.importContact(r.Contact, n)
	case r.Conversation != nil:
		return u.importConversation(r.Conversation, n)
	case r.Message != nil:
		return u.importMessage(r.Message)
	}
	return errHeader
}

// importSetting takes no other setting, above all none that lets somebody in.
func (u *Update) importSetting(s *exportSetting) error {
	if s.Name != SettingsName {
		return ErrInvalid
	}
	if _, err := u.Setting(s.Name); !errors.Is(err, ErrNotFound) {
		return cmp.Or(err, ErrExists)
	}
	return u.Apply(ledger.PutSetting{Name: s.Name, Value: s.Value})
}

func (u *Update) importContact(c *exportContact, n numbers) error {
	switch {
	case c.ID > maxNumber:
		return ErrInvalid
	case n.contacts[c.ID]:
		return ErrExists
	}
	n.contacts[c.ID] = true
	out := ledger.Contact{
		ID: c.ID, Peer: c.Peer, Name: c.Name, Alias: c.Alias, Introduction: c.Introduction, Invite: c.Invite, State: c.State,
		Changed: fromMillis(c.Changed), Verified: c.Verified, Muted: c.Muted, KeepConnected: c.KeepConnected,
		Forgotten: c.Forgotten, Expiry: time.Duration(c.Expiry), Silent: c.Silent, Added: fromMillis(c.Added),
	}
	for _, a := range c.Addresses {
		if len(a.Onion) != len(ledger.Address{}.Onion) {
			return ErrInvalid
		}
		out.Addresses = append(out.Addresses, ledger.Address{Onion: [32]byte(a.Onion), Port: a.Port, ClientKey: a.ClientKey})
	}
	return u.Apply(ledger.PutContact{Contact: out})
}

func (u *Update) importConversation(c *exportConversation, n numbers) error {
	switch {
	case c.ID > maxNumber, c.Timer < 0, c.Timer > math.MaxInt64/int64(time.Second):
		return ErrInvalid
	case n.conversations[c.ID]:
		return ErrExists
	}
	n.conversations[c.ID] = true
	err := u.Apply(ledger.PutConversation{Conversation: ledger.Conversation{
		ID: c.ID, Kind: c.Kind, Title: c.Title, Muted: c.Muted, Timer: time.Duration(c.Timer) * time.Second,
		Read: c.Read, Added: fromMillis(c.Added), Members: c.Members,
	}})
	if err != nil || c.Draft == "" {
		return err
	}
	return u.Apply(ledger.PutDraft{Conversation: c.ID, Text: c.Draft})
}

func (u *Update) importMessage(m *exportMessage) error {
	if m.Number > maxNumber || len(m.ID) != len(ledger.MessageID{}) || m.Timer < 0 || m.Timer > math.MaxInt64/int64(time.Second) {
		return ErrInvalid
	}
	added, err := u.insertMessage(ledger.Message{
		Number: m.Number, Conversation: m.Conversation, Sender: m.Sender, ID: ledger.MessageID(m.ID), Body: m.Body,
		Written: fromMillis(m.Written), Stored: fromMillis(m.Stored), Timer: time.Duration(m.Timer) * time.Second,
		Expires: fromMillis(m.Expires),
	})
	if err == nil && !added {
		err = ErrExists
	}
	for _, d := range m.Deliveries {
		if d.State == ledger.Queued || d.State == ledger.Sent {
			d.State = ledger.Failed // what was to be sent is not in the export
			if err == nil {
				err = u.Apply(ledger.ExpireMessage{Message: m.Number, Now: time.Now()})
			}
		}
		if err == nil {
			err = u.Apply(ledger.PutDelivery{Delivery: ledger.Delivery{
				Message: m.Number, Contact: d.Contact, State: d.State, Changed: fromMillis(d.Changed),
			}})
		}
	}
	return err
}
