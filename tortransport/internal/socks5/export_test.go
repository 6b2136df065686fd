package socks5

import "net"

// Connect lets fuzzers negotiate without a socket.
func Connect(raw net.Conn, host string, port uint16, auth Auth) (*Conn, error) {
	c, err := connect(raw, host, port, auth)
	if err != nil {
		return nil, err
	}
	return c, c.wait()
}
