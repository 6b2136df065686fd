package socks5

import (
	"errors"
	"io"
	"net"
	"os"
	"time"
)

// errStale marks a refusal that is no longer true.
var errStale = errors.New("the SOCKS port refused a stream that it carries")

// closeTime is how long the SOCKS port may take to close a stream that it has
// refused. Tor closes it right behind the reply.
const closeTime = 250 * time.Millisecond

// isStale reports whether a refusal on conn is in truth a success. Tor notes 0xF0
// when one directory lacks the descriptor, and 0xF3 when one circuit to the
// rendezvous point fails; if its next try succeeds, it still sends that code, in
// place of success (seen in 0.4.9.11, in connection_ap_handshake_socks_reply).
//
// What gives it away is that the stream stays open behind the reply, or that the
// service speaks.
func isStale(conn net.Conn, err error) bool {
	var reply *ReplyError
	if !errors.As(err, &reply) || reply.Code != 0xf0 && reply.Code != 0xf3 {
		return false
	}
	rest := 1 + maxField // the longest address
	switch reply.addrType {
	case addrIPv4:
		rest = net.IPv4len
	case addrIPv6:
		rest = net.IPv6len
	}
	if err := conn.SetReadDeadline(time.Now().Add(closeTime)); err != nil {
		return false
	}
	_, err = io.ReadFull(conn, make([]byte, rest+2+1)) // a port, and a byte of the service
	return err == nil || errors.Is(err, os.ErrDeadlineExceeded)
}
