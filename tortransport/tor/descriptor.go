package tor

import (
	"fmt"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// descriptorEvent is what became of one descriptor at one directory.
type descriptorEvent struct {
	action    string // CREATED, UPLOAD, UPLOADED, FAILED, …
	address   onion.Address
	fetch     bool   // it is about a client's fetch of the descriptor
	directory string // relay, as "$FINGERPRINT~NAME"
	id        string // of the descriptor; empty in UPLOADED
	reason    string
}

// parseDescriptorEvent reads an HS_DESC event without its first word
// (control-spec section 4.1.25): action, address, authentication, directory,
// descriptor, then pairs.
func parseDescriptorEvent(s string) (descriptorEvent, bool) {
	words, pairs, err := keywords(s)
	if err != nil || len(words) < 2 {
		return descriptorEvent{}, false
	}
	addr, err := onion.Parse(words[1])
	if err != nil {
		return descriptorEvent{}, false
	}
	e := descriptorEvent{action: words[0], address: addr, reason: pairs["REASON"]}
	if len(words) > 2 {
		// A service's own events say UNKNOWN here, those of a client in the
		// same tor NO_AUTH.
		e.fetch = words[2] != "UNKNOWN"
	}
	if len(words) > 3 {
		e.directory = words[3]
	}
	if len(words) > 4 {
		e.id = words[4]
	}
	return e, true
}

// maxUploads bounds what is remembered of the uploads of a service: tor sends
// two descriptors to eight directories each.
const maxUploads = 256

// uploads knows which descriptors of a service have arrived. A service has two
// of them, for this period of time and for the next or the last, and which of
// them a client asks for depends on the client's clock: a service can be
// reached when each is somewhere.
//
// That a directory took a descriptor is reported without saying which one, and
// one directory often gets both. So a directory counts when it has answered for
// all that it was sent.
type uploads struct {
	sent    map[string]map[string]bool // descriptor → directories
	answers map[string]int             // by directory
	taken   map[string]bool            // directories that took one at least
}

// note takes an event in and reports whether every descriptor has arrived.
func (u *uploads) note(e descriptorEvent) bool {
	if u.sent == nil {
		u.sent = make(map[string]map[string]bool)
		u.answers, u.taken = make(map[string]int), make(map[string]bool)
	}
	switch e.action {
	case "CREATED", "UPLOAD":
		if u.sent[e.id] == nil && len(u.sent) < maxUploads {
			u.sent[e.id] = make(map[string]bool)
		}
		if to := u.sent[e.id]; e.action == "UPLOAD" && to != nil && len(to) < maxUploads {
			to[e.directory] = true
		}
	case "UPLOADED", "FAILED":
		if u.answers[e.directory] > 0 || len(u.answers) < maxUploads {
			u.answers[e.directory]++
			u.taken[e.directory] = u.taken[e.directory] || e.action == "UPLOADED"
		}
	}
	for _, directories := range u.sent {
		if !u.arrived(directories) {
			return false
		}
	}
	return len(u.taken) > 0
}

// arrived reports whether one of the directories took what it was sent.
func (u *uploads) arrived(directories map[string]bool) bool {
	for d := range directories {
		if u.taken[d] && u.answers[d] >= u.sentTo(d) {
			return true
		}
	}
	return false
}

// sentTo counts the descriptors that a directory was sent.
func (u *uploads) sentTo(directory string) (n int) {
	for _, directories := range u.sent {
		if directories[directory] {
			n++
		}
	}
	return n
}

func (s *Service) onDescriptor(e descriptorEvent) {
	if e.fetch {
		return
	}
	s.status.update(func(st *ServiceStatus) {
		if st.Phase == Gone {
			return
		}
		switch e.action {
		case "UPLOAD":
			st.Uploads++
			st.Phase = max(st.Phase, Uploading)
		case "UPLOADED":
			st.Uploaded++
			st.Err = nil
		case "FAILED":
			if st.Phase != Reachable {
				st.Err = fmt.Errorf("a directory did not take the descriptor: %s", e.reason)
			}
		}
		if st.Phase != Reachable && s.uploads.note(e) {
			st.Phase, st.Err = Reachable, nil
		}
	})
}
