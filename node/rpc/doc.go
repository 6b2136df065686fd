// Package rpc lets other programs use a node: the methods of [API], which are the
// node's own, over JSON-RPC 2.0 on a unix socket (docs/rpc.md).
//
// [Start] takes the socket and answers on it, until [Server.Close]. [DialRemote] is the
// other side: a node that is used like one in the same process. [Dial] is for calls by
// name.
//
// Who connects has to show a token. The one with all rights is in a file beside the
// socket, which the owner's own programs read; other programs get one that can do
// less ([token]), which ends by itself or when it is dropped.
//
// Everything that a client can make grow has a bound, which is named in limits.go.
// Nobody is cut off for being slow: the server does not read on from a client that
// does not read.
//
// The tables of docs/rpc.md are generated.
package rpc

//go:generate go run ./internal/docgen
