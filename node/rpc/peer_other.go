//go:build !linux

package rpc

import "net"

// checkPeer accepts everybody whom the modes of folder and socket let in.
func checkPeer(*net.UnixConn) error { return nil }
