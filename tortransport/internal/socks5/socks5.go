// Package socks5 is the client side of SOCKS version 5 (RFC 1928, RFC 1929) as
// Tor speaks it: user name and password as isolation token, Tor's extended reply codes
// (Tor proposal 304), and data that follows the request before its answer.
package socks5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/onionwire/onionwire/tortransport/internal/holdback"
)

const (
	version        = 5
	methodNone     = 0
	methodPassword = 2
	noMethod       = 0xff
	passwordV      = 1
	cmdConnect     = 1
	addrIPv4       = 1
	addrDomain     = 3
	addrIPv6       = 4
)

// maxField is the longest host name, user name or password in bytes.
const maxField = 255

// ErrProtocol means that what answers on the SOCKS port does not speak SOCKS 5.
var ErrProtocol = errors.New("malformed SOCKS reply")

// ReplyError is a SOCKS reply other than success.
type ReplyError struct {
	// Code is the reply of RFC 1928 section 6, or one of Tor's from 0xF0.
	Code byte
}

func (e *ReplyError) Error() string {
	if text, ok := replies[e.Code]; ok {
		return text
	}
	return fmt.Sprintf("SOCKS reply 0x%02x", e.Code)
}

var replies = map[byte]string{
	0x01: "general SOCKS server failure",
	0x02: "connection not allowed",
	0x03: "network unreachable",
	0x04: "host unreachable",
	0x05: "connection refused",
	0x06: "timed out",
	0x07: "command not supported",
	0x08: "address type not supported",
	0xf0: "onion service descriptor not found",
	0xf1: "onion service descriptor is invalid",
	0xf2: "onion service introduction failed",
	0xf3: "onion service rendezvous failed",
	0xf4: "onion service needs client authorisation",
	0xf5: "onion service refused the client authorisation",
	0xf6: "malformed onion address",
	0xf7: "onion service introduction timed out",
}

// Auth is a user name and password. Tor takes any, and gives streams with
// different ones different circuits.
type Auth struct{ User, Password string }

// Dialer connects through a SOCKS port.
type Dialer struct {
	// Network and Address say where the SOCKS port is: "tcp" or "unix".
	Network, Address string
}

// Dial connects to host:port through the SOCKS port. The context bounds the
// whole: when it ends, the socket is closed at once. Errors match *ReplyError,
// ErrProtocol, or the context's error.
func (d Dialer) Dial(ctx context.Context, host string, port uint16, auth Auth) (net.Conn, error) {
	return d.dial(ctx, host, port, auth, (*Conn).wait)
}

// DialEarly is Dial without the wait for the answer, which is a round trip
// through Tor: see [Conn]. The context ends with DialEarly; it is then for the
// caller to close the connection. If onReply is not nil, it is called once, with
// nil as soon as a Read has seen that the request succeeded, with the error if it
// was refused, or with net.ErrClosed if the connection was closed before.
func (d Dialer) DialEarly(ctx context.Context, host string, port uint16, auth Auth, onReply func(error)) (*Conn, error) {
	c, err := d.dial(ctx, host, port, auth, func(*Conn) error { return nil })
	if err != nil {
		return nil, err
	}
	c.onReply = onReply
	return c, nil
}

func (d Dialer) dial(ctx context.Context, host string, port uint16, auth Auth, wait func(*Conn) error) (*Conn, error) {
	raw, err := (&net.Dialer{}).DialContext(ctx, d.Network, d.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the SOCKS port: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	c, err := connect(raw, host, port, auth)
	if err == nil {
		err = wait(c)
	}
	if !stop() {
		// The context ended, before or after the last reply: the socket is
		// closed, or about to be.
		raw.Close()
		return nil, fmt.Errorf("connecting through SOCKS: %w", ctx.Err())
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return c, nil
}

// connect negotiates up to the request. Each step waits for its answer: tor drops
// what arrives ahead of the request. Those answers are local and cost no round
// trip.
func connect(raw net.Conn, host string, port uint16, auth Auth) (*Conn, error) {
	request, err := connectRequest(host, port)
	if err != nil {
		return nil, err
	}
	if auth != (Auth{}) && !(fits(auth.User) && fits(auth.Password)) {
		return nil, errors.New("a SOCKS user name and password have 1 to 255 bytes each")
	}
	if err := negotiateMethod(raw, auth); err != nil {
		return nil, err
	}
	c := &Conn{Conn: raw, out: holdback.New(raw)}
	c.out.Hold(request)
	return c, nil
}

func negotiateMethod(conn io.ReadWriter, auth Auth) error {
	method := byte(methodNone)
	if auth != (Auth{}) {
		method = methodPassword
	}
	if _, err := conn.Write([]byte{version, 1, method}); err != nil {
		return fmt.Errorf("sending the SOCKS greeting: %w", err)
	}
	var chosen [2]byte
	if err := readFull(conn, chosen[:]); err != nil {
		return err
	}
	switch {
	case chosen[0] != version:
		return fmt.Errorf("%w: version %d", ErrProtocol, chosen[0])
	case chosen[1] == noMethod:
		return fmt.Errorf("%w: no authentication method is accepted", ErrProtocol)
	case chosen[1] != method:
		return fmt.Errorf("%w: method %d was not offered", ErrProtocol, chosen[1])
	case method == methodNone:
		return nil
	}
	return authenticate(conn, auth)
}

func authenticate(conn io.ReadWriter, auth Auth) error {
	b := []byte{passwordV, byte(len(auth.User))}
	b = append(b, auth.User...)
	b = append(b, byte(len(auth.Password)))
	b = append(b, auth.Password...)
	if _, err := conn.Write(b); err != nil {
		return fmt.Errorf("sending the SOCKS credentials: %w", err)
	}
	var status [2]byte
	if err := readFull(conn, status[:]); err != nil {
		return err
	}
	if status[0] != passwordV || status[1] != 0 {
		return fmt.Errorf("%w: credentials refused", ErrProtocol)
	}
	return nil
}

// connectRequest writes a host that is an IP address as such: an exit relay takes
// it for what it is then.
func connectRequest(host string, port uint16) ([]byte, error) {
	b := []byte{version, cmdConnect, 0}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Zone() != "":
		return nil, errors.New("an IPv6 zone means nothing behind a SOCKS port")
	case err == nil && ip.Unmap().Is4():
		b = append(b, addrIPv4)
		b = append(b, ip.Unmap().AsSlice()...)
	case err == nil:
		b = append(b, addrIPv6)
		b = append(b, ip.AsSlice()...)
	case !fits(host):
		return nil, fmt.Errorf("a host name of %d bytes cannot be sent over SOCKS", len(host))
	default:
		b = append(b, addrDomain, byte(len(host)))
		b = append(b, host...)
	}
	return append(b, byte(port>>8), byte(port)), nil
}

// fits reports whether s has a length that one byte can tell.
func fits(s string) bool { return 0 < len(s) && len(s) <= maxField }

func readFull(r io.Reader, b []byte) error {
	if _, err := io.ReadFull(r, b); err != nil {
		return readError(err)
	}
	return nil
}

// readError says of an answer that is cut short that it is no answer.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: it ends too early: %w", ErrProtocol, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("reading from the SOCKS port: %w", err)
}
