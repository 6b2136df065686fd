package node

import (
	"cmp"
	"time"
)

// patience is how long the node waits for others. Tests have less.
type patience struct {
	// quiet is how long nothing may come on a link before the other side is asked
	// for a sign of life, and answer how long that may take: round trips through Tor
	// take up to a few seconds. late is after how much of that the contact is not
	// shown as online any more.
	quiet, answer, late time.Duration
	// handshake bounds the end-to-end handshake, a round trip and a half on a stream
	// that is being opened, and what a stranger takes to say what it wants.
	handshake time.Duration
	// unused is how long a connection may carry neither a link nor a file.
	unused time.Duration
}

func (p *patience) complete() {
	p.quiet = cmp.Or(p.quiet, 10*time.Second)
	p.answer = cmp.Or(p.answer, 15*time.Second)
	p.late = cmp.Or(p.late, 3*time.Second)
	p.handshake = cmp.Or(p.handshake, time.Minute)
	p.unused = cmp.Or(p.unused, time.Minute)
}
