package rpc

import "time"

const (
	// MaxLine bounds a line from a client, in bytes without its end: a draft of
	// ledger.MaxDraft in which many characters are escaped.
	MaxLine = 4 << 20
	// MaxReply bounds a line to a client. Lists of messages are made shorter than
	// MaxLine, what cannot be is refused.
	MaxReply = 16 << 20
	// MaxBatch bounds the requests of a batch.
	MaxBatch = 64
	// MaxConnections bounds the connections; one more is told so and closed.
	MaxConnections = 32
	// MaxInFlight bounds the requests, or batches, of a connection that are not
	// answered, and MaxLine all of them together, or one. No more is read then.
	MaxInFlight = 16
	// MaxSubscriptions bounds those of a connection.
	MaxSubscriptions = 8
	// MaxTokens bounds the tokens for other programs.
	MaxTokens = 256
	// MaxMessages bounds how many messages a request returns.
	MaxMessages = 100
	// MaxConversations bounds how many conversations a request returns. They are short, and
	// finding the latest of all takes longer than reading a few more.
	MaxConversations = 1000
	// MaxInterfaceState bounds what an interface keeps for itself, in bytes.
	MaxInterfaceState = 64 << 10

	// defaultMessages is how many it returns if it does not say.
	defaultMessages = 50
	// maxID bounds the id of a request, in bytes: it is repeated in the reply.
	maxID = 128
	// authenticateWithin is how long a client has to show its token, so that those
	// that say nothing do not keep others out.
	authenticateWithin = 10 * time.Second
	// maxStrikes is how many requests a client gets wrong before it has shown its
	// token. There is no guessing it, but it need not be encouraged.
	maxStrikes = 3
	// farewell is how long requests go on of a client that has said its last.
	farewell = 10 * time.Second
	// acceptPause is how long accepting rests after the system has refused.
	acceptPause = 200 * time.Millisecond
)
