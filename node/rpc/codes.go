package rpc

import (
	"context"
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/node/contactlink"
)

// Codes that JSON-RPC 2.0 has (section 5.1).
const (
	// codeParse means that the line is no JSON.
	codeParse = -32700
	// codeRequest means that it is no request, the batch is empty or too large, or the
	// line is too long.
	codeRequest = -32600
	// codeMethod means that there is no such method.
	codeMethod = -32601
	codeParams = -32602
	// codeInternal means that something went wrong that no client can help; the log of
	// the node says more.
	codeInternal = -32603
)

// Error is an error that a server answers with. Errors of the table in docs/rpc.md
// match the error of this package that they were made from, at the client as well.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    Data   `json:"data"`
}

// Data is what an error has for programs and for people.
type Data struct {
	// Kind does not change from version to version.
	Kind string `json:"kind"`
	// Hint says what could be done, if anything.
	Hint string `json:"hint,omitempty"`
}

func (e *Error) Error() string {
	if e.Data.Hint == "" {
		return e.Message
	}
	return fmt.Sprintf("%s (%s)", e.Message, e.Data.Hint)
}

func (e *Error) Is(target error) bool {
	for _, k := range kinds {
		if k.code == e.Code && k.is == target {
			return target != nil
		}
	}
	return false
}

// kind is a row of the table of errors.
type kind struct {
	code int
	name string
	is   error // nil for what only the protocol knows
	hint string
	// open is whether the message of an error that wraps it is told: others may
	// have a path in it.
	open bool
}

// kinds has a code for each error. Codes of our own are outside of what JSON-RPC
// reserves. They are never used for anything else.
var kinds = []kind{
	{code: codeParse, name: "parse"},
	{code: codeRequest, name: "invalid_request"},
	{code: codeMethod, name: "unknown_method", hint: "the method methods lists them"},
	{code: codeParams, name: "invalid_params", is: ErrInvalid, open: true},
	{code: codeInternal, name: "internal", hint: "the log of the node says more"},
	{code: 1, name: "unauthenticated", is: ErrUnauthenticated, hint: "authenticate first, and not in a batch", open: true},
	{code: 2, name: "bad_token", is: ErrToken, hint: "it is mistyped, has expired or was dropped"},
	{code: 3, name: "forbidden", is: ErrForbidden, open: true},
	{code: 4, name: "not_found", is: ErrNotFound},
	{code: 5, name: "wrong_state", is: ErrState, open: true},
	{code: 6, name: "limit", is: ErrLimit, open: true},
	{code: 7, name: "unavailable", is: ErrUnavailable, hint: "status says how tor is doing"},
	{code: 8, name: "disk_full", is: ErrFull},
	{code: 9, name: "read_only", is: ErrReadOnly},
	{code: 10, name: "lost_cursor", is: ErrCursor, hint: "read what there is now, and subscribe from the cursor in status"},
	{code: 11, name: "closed", is: ErrClosed},
	{code: 12, name: "too_large", is: ErrTooLarge},
	{code: 13, name: "cancelled", is: ErrCancelled},
	{code: 14, name: "wrong_passphrase", is: ErrPassphrase, hint: "it is that of the profile; empty if it has none"},
	{code: 15, name: "unreachable", is: ErrUnreachable, hint: "they may not be online; what is sent waits", open: true},
}

// failure makes an error of a code of the table. Without a hint it has the table's.
func failure(code int, message, hint string) *Error {
	for _, k := range kinds {
		if k.code != code {
			continue
		}
		if hint == "" {
			hint = k.hint
		}
		return &Error{Code: code, Message: message, Data: Data{Kind: k.name, Hint: hint}}
	}
	return &Error{Code: codeInternal, Message: "internal error", Data: Data{Kind: "internal"}}
}

// explain returns what a client is told of an error. known is whether the table has
// it: otherwise it tells nothing, and is for the log.
func explain(err error) (e *Error, known bool) {
	if errors.As(err, &e) {
		return e, true
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return explain(ErrCancelled)
	case errors.Is(err, contactlink.ErrMalformed), errors.Is(err, contactlink.ErrChecksum), errors.Is(err, contactlink.ErrNewer):
		return failure(codeParams, err.Error(), "copy the whole link"), true
	}
	for _, k := range kinds {
		if k.is == nil || !errors.Is(err, k.is) {
			continue
		}
		message := k.is.Error()
		if k.open {
			message = err.Error()
		}
		return failure(k.code, message, ""), true
	}
	return failure(codeInternal, "internal error", ""), false
}

// failureOf is an error of the table, with a reason if there is one.
func failureOf(is error, reason string) *Error {
	if reason != "" {
		is = fmt.Errorf("%w: %s", is, reason)
	}
	e, _ := explain(is)
	return e
}
