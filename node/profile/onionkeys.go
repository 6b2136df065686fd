package profile

import (
	"fmt"
	"math"
	"slices"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// OnionKeys returns the keys that the onion service runs under: the current one first,
// then those that are to be given up, the latest first.
func (p *Profile) OnionKeys() []onion.Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.onions)
}

// NewOnionKey makes the next onion key the current one, durably. The one before stays
// in use until it is retired, because contacts have to be told first. Whoever tells
// them writes down for whom that is done, and compares when the profile is opened: a
// crash can come between this and the first word to a contact.
//
// It fails with ErrTooManyKeys, ErrReadOnly, ErrFull or ErrClosed. After an error the
// key may be in use all the same, if only flushing it failed: OnionKeys tells.
func (p *Profile) NewOnionKey() (onion.Key, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return onion.Key{}, ErrClosed
	case len(p.numbers) == MaxOnionKeys:
		return onion.Key{}, ErrTooManyKeys
	case p.numbers[0] == math.MaxUint32:
		return onion.Key{}, fmt.Errorf("%w: there have been all that there can be", ErrTooManyKeys)
	}
	key, err := onionKey(p.keys, p.numbers[0]+1)
	if err != nil {
		return onion.Key{}, err
	}
	err = p.use(append(numbers{p.numbers[0] + 1}, p.numbers...), append([]onion.Key{key}, p.onions...))
	if err != nil {
		return onion.Key{}, err
	}
	return key, nil
}

// RetireOnionKey gives up an address, durably. Its key is never used again. It fails
// with ErrNotRetiring if the address is the current one or not in use, with
// ErrReadOnly, ErrFull or ErrClosed; after the latter three NewOnionKey's remark
// holds.
func (p *Profile) RetireOnionKey(address onion.Address) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	at := slices.IndexFunc(p.onions, func(k onion.Key) bool { return k.Address() == address })
	if at < 1 {
		return ErrNotRetiring
	}
	return p.use(slices.Delete(slices.Clone(p.numbers), at, at+1), slices.Delete(slices.Clone(p.onions), at, at+1))
}

// use makes other keys those in use. The caller has the mutex.
func (p *Profile) use(n numbers, keys []onion.Key) error {
	done, err := p.steps.writeNumbers(p.dir, p.keys, n)
	if done {
		p.numbers, p.onions = n, keys
	}
	return err
}
