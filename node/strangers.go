package node

import (
	"container/list"

	"github.com/libp2p/go-libp2p/core/peer"
)

// maxStrangers bounds the handshakes that are under way with those who have no
// conversation.
const maxStrangers = 32

// strangers are the conversations whose other side has not proven yet who it is.
// Each peer has one at most, of which the newest counts; when all places are
// taken, who has had one for longest goes. So peers that begin and never finish
// cost nothing but themselves, and cannot keep out one that does. Node.mu guards
// it; the zero value is empty.
type strangers struct {
	waiting list.List // of *Conversation, the oldest first
	of      map[peer.ID]*list.Element
}

// add takes a place for c, and ends the conversation that has to go for it.
func (s *strangers) add(c *Conversation) {
	if s.of == nil {
		s.of = make(map[peer.ID]*list.Element)
	}
	goes := s.of[c.peer]
	if goes == nil && len(s.of) >= maxStrangers {
		goes = s.waiting.Front()
	}
	if goes != nil {
		gone := goes.Value.(*Conversation)
		s.remove(gone)
		gone.end()
	}
	s.of[c.peer] = s.waiting.PushBack(c)
}

// remove gives the place of c back, unless another one has taken it.
func (s *strangers) remove(c *Conversation) {
	if e := s.of[c.peer]; e != nil && e.Value == c {
		s.waiting.Remove(e)
		delete(s.of, c.peer)
	}
}
