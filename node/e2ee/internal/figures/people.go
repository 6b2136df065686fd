package main

import (
	"crypto/ed25519"
	"errors"

	"github.com/onionwire/onionwire/node/e2ee"
)

// people are the two sides of all that is measured.
type people struct {
	initiator, responder e2ee.HandshakeConfig
}

func newPeople() (*people, error) {
	p := new(people)
	sides := [...]*e2ee.HandshakeConfig{&p.initiator, &p.responder}
	for i, side := range sides {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, err
		}
		if side.Identity, err = e2ee.NewIdentity(private); err != nil {
			return nil, err
		}
		id := append([]byte("id of "), public...)
		side.LocalID = id
		sides[1-i].RemoteID, sides[1-i].RemoteKey = id, public
	}
	return p, nil
}

// meet runs a whole handshake.
func (p *people) meet() (initiator, responder *e2ee.Session, err error) {
	first, err := e2ee.NewInitiator(p.initiator)
	if err != nil {
		return nil, nil, err
	}
	second, err := e2ee.NewResponder(p.responder)
	if err != nil {
		return nil, nil, err
	}
	from, to := first, second
	for range 3 {
		msg, err := from.Write()
		if err != nil {
			return nil, nil, err
		}
		if err := to.Read(msg); err != nil {
			return nil, nil, err
		}
		from, to = to, from
	}
	initiator, err = first.Session()
	responder, otherErr := second.Session()
	return initiator, responder, errors.Join(err, otherErr)
}

// newSessions returns the sessions of two new people.
func newSessions() (initiator, responder *e2ee.Session, err error) {
	p, err := newPeople()
	if err != nil {
		return nil, nil, err
	}
	return p.meet()
}
