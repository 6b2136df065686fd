package onion

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	ma "github.com/multiformats/go-multiaddr"
)

// ErrNotOnion means that a multiaddr does not begin with /onion3.
var ErrNotOnion = errors.New("not an onion3 multiaddr")

// Multiaddr returns /onion3/ID:PORT, the libp2p form of the address. The port is
// the virtual one of the service, 1 to 65535; it is no port of any machine. The
// zero Address and port 0 have no such form and are an error.
func (a Address) Multiaddr(port uint16) (ma.Multiaddr, error) {
	if a.IsZero() {
		return nil, fmt.Errorf("%w: zero address", ErrMalformed)
	}
	if port == 0 {
		return nil, errors.New("onion service port is 0, want 1 to 65535")
	}
	c, err := ma.NewComponent("onion3", a.ServiceID()+":"+strconv.Itoa(int(port)))
	if err != nil {
		// Not with %w or %v: go-multiaddr quotes the whole address.
		return nil, fmt.Errorf("%w: %s has no multiaddr", ErrMalformed, a.Short())
	}
	return c.Multiaddr(), nil
}

// FromMultiaddr returns address and port of a multiaddr that begins with
// /onion3. Whatever follows, such as /p2p/ID, is ignored and left to the caller.
// The address is checked as by [Parse]; go-multiaddr lets any 35 bytes pass.
//
// The error matches [ErrNotOnion] if m is empty or begins with something else,
// and otherwise [ErrVersion], [ErrChecksum] or [ErrMalformed].
func FromMultiaddr(m ma.Multiaddr) (Address, uint16, error) {
	if len(m) == 0 {
		return Address{}, 0, fmt.Errorf("%w: empty", ErrNotOnion)
	}
	first := &m[0]
	if first.Code() != ma.P_ONION3 {
		return Address{}, 0, fmt.Errorf("%w: begins with /%s", ErrNotOnion, first.Protocol().Name)
	}

	// A component of this type always has 37 bytes and a port other than 0.
	value := first.RawValue()
	a, err := fromRaw([rawSize]byte(value))
	if err != nil {
		return Address{}, 0, err
	}
	return a, binary.BigEndian.Uint16(value[rawSize:]), nil
}
