package tor

import (
	"bytes"
	"errors"
	"io"
)

// maxReply bounds one reply or event of the control port, in bytes. The longest
// that is asked for is the list of circuits: some 350 bytes for each, of which
// clients can make a service have thousands. Other replies have a few kilobytes.
const maxReply = 4 << 20

// maxLines bounds one reply in lines: short ones take many times the memory that
// they have bytes.
const maxLines = 1 << 16

var errReplyTooLong = errors.New("reply too long")

// replyLimit ends a reply that is longer than maxReply or maxLines. The reader
// resets it after each reply; read-ahead of the buffer above makes the bounds loose
// by that buffer's size, which does no harm.
type replyLimit struct {
	r           io.Reader
	left, lines int
}

func newReplyLimit(r io.Reader) *replyLimit {
	l := &replyLimit{r: r}
	l.reset()
	return l
}

// reset begins another reply.
func (l *replyLimit) reset() { l.left, l.lines = maxReply, maxLines }

func (l *replyLimit) Read(b []byte) (int, error) {
	if l.left <= 0 || l.lines <= 0 {
		return 0, errReplyTooLong
	}
	n, err := l.r.Read(b[:min(len(b), l.left)])
	l.left -= n
	l.lines -= bytes.Count(b[:n], []byte{'\n'})
	return n, err
}
