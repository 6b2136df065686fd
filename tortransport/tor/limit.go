package tor

import (
	"errors"
	"io"
)

// maxReply bounds one reply or event of the control port, in bytes. The longest
// that is asked for is the list of circuits: some 350 bytes for each, of which
// clients can make a service have thousands. Other replies have a few kilobytes.
const maxReply = 4 << 20

var errReplyTooLong = errors.New("reply too long")

// replyLimit ends a reply that is longer than maxReply. The reader sets left
// anew after each reply; read-ahead of the buffer above makes the bound loose
// by that buffer's size, which does no harm.
type replyLimit struct {
	r    io.Reader
	left int
}

func (l *replyLimit) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errReplyTooLong
	}
	n, err := l.r.Read(b[:min(len(b), l.left)])
	l.left -= n
	return n, err
}
