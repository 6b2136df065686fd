package e2ee_test

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
)

// keeper is what a program that stores its conversations has of a contact.
type keeper struct {
	sessions *e2ee.Sessions
	key      *e2ee.StateKey
	stored   map[e2ee.SessionID][]byte // a table of its database
}

// change does something to the sessions, and keeps that only if it could be stored.
func (c *keeper) change(do func(*e2ee.Sessions) (gone []e2ee.SessionID, err error)) error {
	changed := c.sessions.Clone()
	gone, err := do(changed)
	if err != nil {
		changed.Close()
		return err
	}
	for _, id := range gone { // here a transaction would begin
		delete(c.stored, id)
	}
	for _, id := range changed.Unsaved() {
		saved, err := changed.Get(id).Save(c.key, id[:])
		if err != nil {
			changed.Close()
			return err
		}
		c.stored[id] = saved
	}
	c.sessions.Close() // here it would end
	c.sessions = changed
	return nil
}

// add takes the session of a handshake over: an initiator before it sends message
// 3, a responder when it has read it.
func (c *keeper) add(h *e2ee.Handshake) error {
	return c.change(func(s *e2ee.Sessions) ([]e2ee.SessionID, error) {
		session, err := h.Session()
		if err != nil {
			return nil, err
		}
		return s.Add(session, time.Now())
	})
}

// seal returns a cell that may be sent, now and again.
func (c *keeper) seal(content string) (sealed *e2ee.Sealed, err error) {
	err = c.change(func(s *e2ee.Sessions) ([]e2ee.SessionID, error) {
		sealed, err = s.Seal([]byte(content), time.Now())
		return nil, err
	})
	return sealed, err
}

// open returns what may be confirmed; it would be stored in the same transaction.
func (c *keeper) open(cell []byte) (opened *e2ee.Opened, err error) {
	err = c.change(func(s *e2ee.Sessions) ([]e2ee.SessionID, error) {
		opened, err = s.Open(cell, time.Now())
		return nil, err
	})
	return opened, err
}

// restart is what happens when the program ends and starts again.
func (c *keeper) restart() error {
	c.sessions.Close()
	c.sessions = new(e2ee.Sessions)
	for id, saved := range c.stored {
		session, err := e2ee.LoadSession(c.key, id[:], saved)
		if err != nil {
			return err
		}
		if _, err := c.sessions.Add(session, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// A program that keeps its sessions works on a clone, stores what has changed, and
// only then uses the result.
func ExampleSessions() {
	check := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	alice, bob := newKeeper("alice"), newKeeper("bob")
	caller, answerer := handshakeBetween(alice, bob)
	for _, step := range []struct{ from, to *e2ee.Handshake }{{caller, answerer}, {answerer, caller}} {
		msg, err := step.from.Write()
		check(err)
		check(step.to.Read(msg))
	}
	third, err := caller.Write()
	check(err)
	check(alice.add(caller)) // before message 3 leaves
	sealed, err := alice.seal("are you there?")
	check(err)
	fmt.Println("cell", sealed.Number, "only behind message 3:", sealed.Pending)

	check(answerer.Read(third))
	check(bob.add(answerer))
	opened, err := bob.open(sealed.Cell)
	check(err)
	fmt.Printf("bob reads %q\n", opened.Content)

	// Both programs are started again, and the conversation goes on.
	answer, err := bob.seal("yes")
	check(err)
	check(bob.restart())
	check(alice.restart())
	opened, err = alice.open(answer.Cell)
	check(err)
	fmt.Printf("alice reads %q\n", opened.Content)
	_, err = alice.open(answer.Cell) // sent again, because nothing confirmed it
	fmt.Println(err)
	// Output:
	// cell 0 only behind message 3: true
	// bob reads "are you there?"
	// alice reads "yes"
	// e2ee: repeated cell
}

func newKeeper(secret string) *keeper {
	// The key would be derived from a secret that the profile keeps.
	key, err := e2ee.NewStateKey(append(make([]byte, e2ee.StateKeySize-len(secret)), secret...))
	if err != nil {
		panic(err)
	}
	return &keeper{new(e2ee.Sessions), key, map[e2ee.SessionID][]byte{}}
}

func handshakeBetween(alice, bob *keeper) (caller, answerer *e2ee.Handshake) {
	identity := func(first byte) *e2ee.Identity {
		id, err := e2ee.NewIdentity(ed25519.NewKeyFromSeed(append(make([]byte, 31), first)))
		if err != nil {
			panic(err)
		}
		return id
	}
	a, b := identity(1), identity(2)
	caller, err1 := e2ee.NewInitiator(e2ee.HandshakeConfig{
		Identity: a, RemoteKey: b.PublicKey(), LocalID: []byte("alice"), RemoteID: []byte("bob"),
		Generation: alice.sessions.Generation(),
	})
	answerer, err2 := e2ee.NewResponder(e2ee.HandshakeConfig{
		Identity: b, RemoteKey: a.PublicKey(), LocalID: []byte("bob"), RemoteID: []byte("alice"),
		Generation: bob.sessions.Generation(),
	})
	if err1 != nil || err2 != nil {
		panic("no handshake")
	}
	return caller, answerer
}
