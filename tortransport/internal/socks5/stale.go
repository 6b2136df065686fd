package socks5

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// errStale marks a refusal that is no longer true.
var errStale = errors.New("the SOCKS port keeps a refused stream open")

// closeTime is how long the SOCKS port may take to close a stream that it has
// refused. Tor closes it right behind the reply.
const closeTime = 250 * time.Millisecond

// mayBeStale reports whether a refusal can be a success. Tor notes 0xF0 when one
// directory lacks the descriptor, and 0xF3 when one circuit to the rendezvous
// point fails; if its next try succeeds, it still sends that code, in place of
// success (seen in 0.4.9.11, in connection_ap_handshake_socks_reply).
func mayBeStale(err error) bool {
	var reply *ReplyError
	return errors.As(err, &reply) && (reply.Code == 0xf0 || reply.Code == 0xf3)
}

// staysOpen reports whether the other side leaves conn open behind a refusal. It
// reads the rest of that, and the first words of a service that speaks first.
func staysOpen(conn net.Conn) bool {
	const enough = 1 + maxField + 2 + 1 // an address, a port, and a byte that is neither
	if err := conn.SetReadDeadline(time.Now().Add(closeTime)); err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, io.LimitReader(conn, enough))
	return n == enough || errors.Is(err, os.ErrDeadlineExceeded)
}
