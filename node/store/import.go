package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"filippo.io/age"

	"github.com/onionwire/onionwire/node/internal/redact"
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
	plain, err := age.Decrypt(r, identity)
	var mismatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, ErrPassphrase
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrExport, err)
	}
	return openPlain(plain)
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

// fill adds all records to an empty store.
func (i *Import) fill(ctx context.Context, s *Store) error {
	m := numbers{
		contacts:      map[ContactID]ContactID{0: 0},
		conversations: make(map[ConversationID]*Conversation),
		read:          make(map[ConversationID]MessageNumber),
	}
	for more := true; more; {
		err := s.Update(ctx, func(tx *Update) (err error) {
			for range importBatch {
				var r record
				if r, more, err = i.next(); err != nil || !more {
					return err
				}
				if err := tx.addRecord(r, m); err != nil {
					return blame(err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.Update(ctx, func(tx *Update) error {
		for _, c := range m.conversations {
			if err := tx.SetConversation(*c); err != nil {
				return err
			}
		}
		return nil
	})
}

// numbers leads from the numbers of an export to what has become of them in the store
// that it goes to. Contact 0 is ourselves in both.
type numbers struct {
	contacts      map[ContactID]ContactID
	conversations map[ConversationID]*Conversation
	read          map[ConversationID]MessageNumber // the last message read, by its old number
}

var (
	errUnknown = errors.New("it refers to something that is not there")
	errHeader  = errors.New("it has a second header")
)

// blame says of an error that comes of a record, and not of the disk, that the
// export is to blame.
func blame(err error) error {
	for _, kind := range []error{ErrExists, ErrNotFound, ErrInvalid, errUnknown, errHeader} {
		if errors.Is(err, kind) {
			return fmt.Errorf("%w: %w", ErrExport, err)
		}
	}
	return err
}

func (u *Update) addRecord(r record, m numbers) error {
	switch {
	case r.Contact != nil:
		return u.addContact(r.Contact, m)
	case r.Conversation != nil:
		return u.addConversation(r.Conversation, m)
	case r.Message != nil:
		return u.addMessage(r.Message, m)
	}
	return errHeader
}

func (u *Update) addContact(c *exportContact, m numbers) error {
	if _, twice := m.contacts[c.ID]; twice {
		return ErrExists
	}
	id, err := u.AddContact(Contact{
		Peer: c.Peer, Name: c.Name, Alias: c.Alias, Introduction: c.Introduction, State: c.State,
		Verified: c.Verified, Muted: c.Muted, KeepConnected: c.KeepConnected, Added: fromMillis(c.Added),
	})
	if err != nil {
		return err
	}
	m.contacts[c.ID] = id
	addresses := make([]Address, 0, len(c.Addresses))
	for _, a := range c.Addresses {
		addresses = append(addresses, Address(a))
	}
	return u.SetAddresses(id, addresses)
}

func (u *Update) addConversation(c *exportConversation, m numbers) error {
	if _, twice := m.conversations[c.ID]; twice {
		return ErrExists
	}
	if c.Timer < 0 || c.Timer > math.MaxInt64/int64(time.Second) {
		return ErrInvalid
	}
	out := &Conversation{
		Kind: c.Kind, Title: c.Title, Muted: c.Muted, Timer: time.Duration(c.Timer) * time.Second, Added: fromMillis(c.Added),
	}
	for _, member := range c.Members {
		id, ok := m.contacts[member]
		if !ok || id == 0 {
			return errUnknown
		}
		out.Members = append(out.Members, id)
	}
	id, err := u.AddConversation(*out)
	if err != nil {
		return err
	}
	out.ID = id
	m.conversations[c.ID] = out
	m.read[c.ID] = c.Read
	return nil
}

func (u *Update) addMessage(in *exportMessage, m numbers) error {
	c, ok := m.conversations[in.Conversation]
	sender, known := m.contacts[in.Sender]
	if !ok || !known {
		return errUnknown
	}
	if len(in.ID) != len(MessageID{}) {
		return ErrInvalid
	}
	number, err := u.AddMessage(Message{
		Conversation: c.ID, Sender: sender, ID: MessageID(in.ID), Body: in.Body,
		Written: fromMillis(in.Written), Stored: fromMillis(in.Stored), Expires: fromMillis(in.Expires),
	})
	if err != nil {
		return err
	}
	if in.Number <= m.read[in.Conversation] {
		c.Read = number
	}
	for _, d := range in.Deliveries {
		contact, ok := m.contacts[d.Contact]
		if !ok {
			return errUnknown
		}
		if err := u.SetDelivery(Delivery{Message: number, Contact: contact, State: d.State, Changed: fromMillis(d.Changed)}); err != nil {
			return err
		}
	}
	return nil
}
