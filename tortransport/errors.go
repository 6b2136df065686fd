package tortransport

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Why an onion service could not be reached. libp2p wraps these; errors.Is
// finds them in its dial error.
var (
	// ErrNotFound: no directory knows the onion address. Its service is
	// offline, has just started, or never existed.
	ErrNotFound = errors.New("onion service not found")
	// ErrAuthMissing: the service answers only clients with a key, and Tor has
	// none for it.
	ErrAuthMissing = errors.New("onion service needs client authorisation")
	// ErrAuthBad: Tor's key for the service is not one that it takes.
	ErrAuthBad = errors.New("onion service refused the client authorisation")
	// ErrIntroduction: the service is known, but did not answer at its
	// introduction points. It has most likely gone offline a short while ago.
	ErrIntroduction = errors.New("onion service did not answer at its introduction points")
	// ErrRendezvous: the service answered and the connection to it failed.
	ErrRendezvous = errors.New("connection to the onion service failed at the rendezvous point")
	// ErrRefused: the service is there and has nothing on this port.
	ErrRefused = errors.New("onion service refused the port")
	// ErrUnreachable: Tor found no way and its SOCKS port does not tell why. A
	// daemon whose SocksPort has the flag ExtendedErrors, as managed ones do,
	// answers with one of the errors above instead.
	ErrUnreachable = errors.New("onion service could not be reached")
	// ErrTimeout: Tor gave up waiting. The service may be there or not.
	ErrTimeout = errors.New("onion service did not answer in time")
	// ErrNotReady: Tor is not connected to its network yet.
	ErrNotReady = tor.ErrNotReady
	// ErrNoKey: there is no key for the onion address to listen on.
	ErrNoKey = errors.New("no key for this onion address")
	// ErrNotListening: the onion address is not listened on, or not any more.
	ErrNotListening = errors.New("not listened on")
	// ErrOpenTarget: the target of an onion service can be connected to past Tor.
	ErrOpenTarget = errors.New("the target of an onion service is not on loopback")
)

// sentinels maps the replies of Tor's SOCKS port: RFC 1928 section 6, and from
// 0xF0 on Tor's ExtendedErrors (tor manual, SocksPort).
var sentinels = map[byte]error{
	0x04: ErrUnreachable,
	0x05: ErrRefused,
	0x06: ErrTimeout,
	0xf0: ErrNotFound,
	0xf1: ErrNotFound,
	0xf2: ErrIntroduction,
	0xf3: ErrRendezvous,
	0xf4: ErrAuthMissing,
	0xf5: ErrAuthBad,
	0xf6: onion.ErrMalformed,
	0xf7: ErrTimeout,
}

// circuitLost reports whether an error is what Tor answers when a circuit that it
// had, and took the stream to, is closed before the service has answered: the
// service has just gone, or been restarted. The next stream gets a circuit that is
// built for it.
func circuitLost(err error) bool {
	var reply *socks5.ReplyError
	return errors.As(err, &reply) && reply.Code == 0x01
}

// dialError names the cause and, shortened, the address.
func dialError(to target, err error) error {
	var reply *socks5.ReplyError
	if errors.As(err, &reply) {
		if sentinel, ok := sentinels[reply.Code]; ok {
			return fmt.Errorf("dialling %s: %w (%w)", to, sentinel, reply)
		}
	}
	return fmt.Errorf("dialling %s: %w", to, discreetError{err})
}

// discreetError is an error of somebody else, such as libp2p's upgrader or the
// caller's own dialler, whose text may have onion addresses and peer IDs in full.
// It shortens them.
type discreetError struct{ err error }

// longWord matches onion addresses (56 characters), peer IDs in base58 (46 and
// more) and as CIDs (59 and more). No word of a sentence is as long.
var longWord = regexp.MustCompile(`([A-Za-z0-9]{4})[A-Za-z0-9]{34,}([A-Za-z0-9]{4})`)

// abridged are the two ends that are left of a long word.
const abridged = "$1…$2"

func (e discreetError) Error() string {
	return longWord.ReplaceAllString(e.err.Error(), abridged)
}

func (e discreetError) Unwrap() error { return e.err }

// shortPeer is a peer ID as it may stand in a log.
func shortPeer(p peer.ID) string { return longWord.ReplaceAllString(p.String(), abridged) }
