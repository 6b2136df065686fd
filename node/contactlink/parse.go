package contactlink

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/internal/qrtext"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// maxMultiaddr is more than the longest multiaddr has in bytes, 135.
const maxMultiaddr = 256

// Parse reads a link in either form. White space around it is ignored; other than
// that each form has one spelling, and the short form a second one, all in upper
// case. The error matches ErrMalformed, ErrChecksum or ErrNewer.
func Parse(s string) (Link, error) {
	s = strings.TrimSpace(s)
	read := parseShort
	if strings.HasPrefix(s, "/") {
		read = parseMultiaddr
	}
	l, err := read(s)
	if err != nil {
		return Link{}, err
	}
	if err := l.Check(); err != nil {
		return Link{}, err
	}
	return l, nil
}

func parseShort(s string) (Link, error) {
	content, err := format.Decode(s)
	switch {
	case errors.Is(err, qrtext.ErrNewer):
		return Link{}, ErrNewer
	case err != nil:
		return Link{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return fromContent(content)
}

func parseMultiaddr(s string) (Link, error) {
	parts := strings.Split(s[:min(len(s), maxMultiaddr)], "/")
	if len(s) > maxMultiaddr || len(parts) != 5 || parts[1] != "onion3" || parts[3] != "p2p" {
		return Link{}, fmt.Errorf("%w: it has the form /onion3/ADDRESS:PORT/p2p/PEERID", ErrMalformed)
	}
	service, portText, _ := strings.Cut(parts[2], ":")
	address, err := onion.Parse(service)
	switch {
	case errors.Is(err, onion.ErrChecksum):
		return Link{}, fmt.Errorf("%w: wrong checksum in the onion address", ErrChecksum)
	case errors.Is(err, onion.ErrVersion):
		return Link{}, fmt.Errorf("%w: the onion address is not of version 3", ErrMalformed)
	case err != nil:
		return Link{}, fmt.Errorf("%w: there is no such onion address", ErrMalformed)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 {
		return Link{}, fmt.Errorf("%w: the port is a number from 1 to 65535", ErrMalformed)
	}
	id, err := peer.Decode(parts[4])
	if err != nil {
		return Link{}, fmt.Errorf("%w: what follows /p2p/ is not a peer ID", ErrMalformed)
	}
	l := Link{Onion: address, Port: uint16(port), Peer: id}
	// Upper case, ".onion", zeros before the port, and the CID of a peer ID.
	if m, err := l.Multiaddr(); err != nil || m.String() != s {
		return Link{}, fmt.Errorf("%w: it is spelt in another way than usual", ErrMalformed)
	}
	return l, nil
}
