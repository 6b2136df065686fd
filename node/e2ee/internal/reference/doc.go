// Package reference is a second implementation of docs/protocol.md, written
// from its text alone. It is slow, keeps every secret, and shares no code with
// package e2ee. Only tests and the generator of the test vectors import it: they
// check the real implementation against it, let it be a peer that holds the
// right keys and sends the wrong things with them, and let it say what an
// adversary could compute.
//
// Nothing is random here: every key, seed and nonce is an argument. Fields are
// exported, so that a test can read all of a state and falsify any of it.
//
// Every call of a cryptographic primitive goes through a [Trace], if there is
// one, and [Trace.Closure] tells what follows from a set of known byte strings.
//
// A value of any type here must not be used by two goroutines at once.
package reference

// Sizes and bounds, section "Constants".
const (
	Version           = 2
	CellSize          = 4096
	MaxContent        = 66560
	MaxCell           = 69632
	MaxChain          = 1<<32 - 1
	MaxJump           = 1024
	MaxSkippedInChain = 1024
	MaxSkipped        = 2048
	MaxSkippedChains  = 8
	MaxSkippedAge     = 30 * 24 * 60 * 60 // seconds
	MaxSessions       = 4
	MaxSessionAge     = 30 * 24 * 60 * 60 // seconds
	MaxGeneration     = 1<<63 - 1
)

// Lengths of what has a fixed one, in bytes.
const (
	Message1Size = 1222
	Message2Size = 2510
	Message3Size = 169
	PartSize     = 2304
	HeaderSize   = 2312

	keySize     = 32
	seedSize    = 64
	ekSize      = 1184
	ctSize      = 1088
	nonceSize   = 24
	tagSize     = 16
	certSize    = 96
	sealedSize  = HeaderSize + tagSize
	cellMinimum = nonceSize + sealedSize + 4 + tagSize
)

// Labels, section "Constants".
const (
	protocolName = "onionwire-e2ee"
	noiseName    = "Noise_XX_25519_ChaChaPoly_SHA256"

	labelStatic        = "onionwire-e2ee-2 static key"
	labelCertificate   = "onionwire-e2ee-2 certificate"
	labelInitial       = "onionwire-e2ee-2 initial secret"
	labelRoot          = "onionwire-e2ee-2 root key"
	labelFirstChain    = "onionwire-e2ee-2 first chain key"
	labelFirstHeader   = "onionwire-e2ee-2 first header key"
	labelNextInitiator = "onionwire-e2ee-2 next header key from initiator"
	labelNextResponder = "onionwire-e2ee-2 next header key from responder"
	labelSessionID     = "onionwire-e2ee-2 session id"
	labelRatchet       = "onionwire-e2ee-2 ratchet"
	labelHeader        = "onionwire-e2ee-2 header"
	labelSaved         = "onionwire-e2ee-2 saved session"
)
