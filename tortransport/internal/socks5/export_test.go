package socks5

import "io"

// Connect lets fuzzers and benchmarks negotiate without a socket.
func Connect(conn io.ReadWriter, host string, port uint16, auth Auth) error {
	return connect(conn, host, port, auth)
}
