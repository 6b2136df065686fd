package tortest

import (
	"slices"
	"time"
)

// FakeReply scripts the answer to one command on the control port. The zero
// value lets the fake carry out the command and answer as tor would. Silent,
// Drop, Lines and Raw keep the command from being carried out.
type FakeReply struct {
	// Delay is waited for before anything else happens.
	Delay time.Duration
	// Drop closes the connection without an answer.
	Drop bool
	// Silent leaves the command without an answer.
	Silent bool
	// Lines is the whole answer, one status line each, such as "551 no".
	Lines []string
	// Raw is the whole answer byte for byte, also without line ends.
	Raw string
	// Before and After are lines to send before and after the answer, such as
	// "650 HS_DESC …": events, whether the connection subscribed or not.
	Before, After []string
	// Cut, if positive, ends the answer after that many bytes, Before
	// included, and closes the connection.
	Cut int
}

// OnCommand sets the function that scripts the control port. It is given every
// command line as it came in, secrets included, before it is carried out; it
// may be called for several connections at once. Nil ends the script.
func (f *Fake) OnCommand(hook func(cmd string) FakeReply) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onCommand = hook
}

// FakeRequest is one well-formed CONNECT request on the SOCKS port.
type FakeRequest struct {
	// User and Password are the isolation, empty without authentication.
	User, Password string
	// Host is the name asked for, in lower case, and Port its virtual port.
	Host string
	Port int
}

// FakeSocksReply scripts the answer to one request on the SOCKS port. The zero
// value lets the fake connect and answer as tor would. Drop, Silent, Code and
// Raw keep it from connecting to the service.
type FakeSocksReply struct {
	// Delay holds the reply back. Data that follows the request reaches the
	// service meanwhile, as it does with tor.
	Delay time.Duration
	// Lag holds back whatever the stream carries, in both directions: each piece
	// is handed on so much later, and what follows it meanwhile waits too.
	Lag time.Duration
	// Drop closes the connection without a reply.
	Drop bool
	// Raw is the whole reply byte for byte: junk, or a part of one. The
	// connection is closed after it, unless Silent is set.
	Raw []byte
	// Silent sends no reply, and keeps the connection open until the client
	// closes it.
	Silent bool
	// Code, if not zero, is the reply code to refuse with, for example 0xF0.
	Code byte
	// CutSent and CutReceived cut the stream after so many bytes from the
	// client, or to the client behind the reply. Zero is never, a negative
	// number before the first byte.
	CutSent, CutReceived int64
}

// OnSocks sets the function that scripts the SOCKS port. It is given every
// request that Requests lists and may be called for several at once. Nil ends
// the script.
func (f *Fake) OnSocks(hook func(FakeRequest) FakeSocksReply) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onSocks = hook
}

// Commands lists the commands that arrived on the control port, oldest first.
// Keys and passwords in them read "[redacted]".
func (f *Fake) Commands() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

// Requests lists the requests that arrived on the SOCKS port, oldest first.
func (f *Fake) Requests() []FakeRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

// scriptCommand records a command and asks the hook about it.
func (f *Fake) scriptCommand(line string) FakeReply {
	f.mu.Lock()
	f.commands = fakeRecord(f.commands, fakeRedact(line))
	hook := f.onCommand
	f.mu.Unlock()
	if hook == nil {
		return FakeReply{}
	}
	return hook(line)
}

// scriptSocks records a request and asks the hook about it.
func (f *Fake) scriptSocks(req FakeRequest) FakeSocksReply {
	f.mu.Lock()
	f.requests = fakeRecord(f.requests, req)
	hook := f.onSocks
	f.mu.Unlock()
	if hook == nil {
		return FakeSocksReply{}
	}
	return hook(req)
}

// fakeRecord appends and forgets the oldest half when the bound is reached.
func fakeRecord[T any](list []T, item T) []T {
	if len(list) >= fakeMaxRecords {
		list = slices.Delete(list, 0, len(list)/2)
	}
	return append(list, item)
}
