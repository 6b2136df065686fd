// Package socks5 is the client side of SOCKS version 5 (RFC 1928, RFC 1929) as
// Tor speaks it: connections to host names only, user name and password as
// isolation token, and Tor's extended reply codes (Tor proposal 304).
package socks5

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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

	addrType byte // of the address that may follow
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
	conn, err := d.dial(ctx, host, port, auth)
	if errors.Is(err, errStale) {
		// Tor has the circuit by now: this costs one round trip.
		return d.dial(ctx, host, port, auth)
	}
	return conn, err
}

func (d Dialer) dial(ctx context.Context, host string, port uint16, auth Auth) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, d.Network, d.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the SOCKS port: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err = connect(conn, host, port, auth)
	if isStale(conn, err) {
		err = fmt.Errorf("%w: %w", errStale, err)
	}
	if !stop() {
		// The context ended, before or after the last reply: the socket is
		// closed, or about to be.
		conn.Close()
		return nil, fmt.Errorf("connecting through SOCKS: %w", ctx.Err())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// connect negotiates. Each step waits for its answer: tor drops what arrives
// ahead of the request. Those answers are local and cost no round trip.
func connect(conn io.ReadWriter, host string, port uint16, auth Auth) error {
	request, err := connectRequest(host, port)
	if err != nil {
		return err
	}
	if auth != (Auth{}) && !(fits(auth.User) && fits(auth.Password)) {
		return errors.New("a SOCKS user name and password have 1 to 255 bytes each")
	}
	if err := negotiateMethod(conn, auth); err != nil {
		return err
	}
	if _, err := conn.Write(request); err != nil {
		return fmt.Errorf("sending the SOCKS request: %w", err)
	}
	return readReply(conn)
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

func connectRequest(host string, port uint16) ([]byte, error) {
	if !fits(host) {
		return nil, fmt.Errorf("a host name of %d bytes cannot be sent over SOCKS", len(host))
	}
	b := []byte{version, cmdConnect, 0, addrDomain, byte(len(host))}
	b = append(b, host...)
	return append(b, byte(port>>8), byte(port)), nil
}

// fits reports whether s has a length that one byte can tell.
func fits(s string) bool { return 0 < len(s) && len(s) <= maxField }

// readReply reads the answer to the request, and not a byte more: application
// data follows it. The address in it means nothing with Tor.
func readReply(r io.Reader) error {
	var head [4]byte
	if err := readFull(r, head[:]); err != nil {
		return err
	}
	if head[0] != version {
		return fmt.Errorf("%w: version %d", ErrProtocol, head[0])
	}
	if head[1] != 0 {
		// Some servers leave the address out of a refusal; nothing is read
		// from this connection any more.
		return &ReplyError{Code: head[1], addrType: head[3]}
	}
	var rest int
	switch head[3] {
	case addrIPv4:
		rest = net.IPv4len
	case addrIPv6:
		rest = net.IPv6len
	case addrDomain:
		var n [1]byte
		if err := readFull(r, n[:]); err != nil {
			return err
		}
		rest = int(n[0])
	default:
		return fmt.Errorf("%w: address type %d", ErrProtocol, head[3])
	}
	return readFull(r, make([]byte, rest+2)) // and the port
}

func readFull(r io.Reader, b []byte) error {
	if _, err := io.ReadFull(r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("%w: it ends too early: %w", ErrProtocol, io.ErrUnexpectedEOF)
		}
		return fmt.Errorf("reading from the SOCKS port: %w", err)
	}
	return nil
}
