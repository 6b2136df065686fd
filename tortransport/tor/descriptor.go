package tor

import "github.com/onionwire/onionwire/tortransport/onion"

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
	e := descriptorEvent{action: words[0], address: addr, reason: printable(pairs["REASON"])}
	if len(words) > 2 {
		// A service's own events say UNKNOWN here, those of a client in the
		// same tor NO_AUTH.
		e.fetch = words[2] != "UNKNOWN"
	}
	plausible := true
	if len(words) > 3 {
		e.directory, plausible = name(words[3])
	}
	if len(words) > 4 && plausible {
		e.id, plausible = name(words[4])
	}
	return e, plausible
}

// maxDirectories bounds what is remembered of the uploads of a service: tor sends
// each descriptor to eight directories.
const maxDirectories = 256

// uploads knows which descriptors of a service have arrived. A service has two
// of them, for this period of time and for the next or the last, and which of
// them a client asks for depends on the client's clock: a service can be
// reached when each is somewhere.
//
// That a directory took a descriptor is reported without saying which one, and
// one directory often gets both. So a directory counts when it has answered for
// all that it was sent.
type uploads struct {
	current []descriptor    // oldest first
	answers map[string]int  // by directory
	taken   map[string]bool // directories that took one at least
}

// descriptor is one that tor has made, and the directories it was sent to.
type descriptor struct {
	id   string
	sent map[string]bool
}

// late reports whether an event is the answer to an upload that nobody knows of: one
// from before tor was given the service anew.
func (u *uploads) late(e descriptorEvent) bool {
	return (e.action == "UPLOADED" || e.action == "FAILED") && u.answers[e.directory] >= u.sentTo(e.directory)
}

// note takes an event in, which is not late, and reports whether every descriptor has
// arrived.
func (u *uploads) note(e descriptorEvent) bool {
	switch e.action {
	case "CREATED":
		u.descriptor(e.id)
	case "UPLOAD":
		sent := u.descriptor(e.id)
		if sent[e.directory] && u.answers[e.directory] >= u.sentTo(e.directory) {
			u.answers[e.directory]-- // it is sent again
		}
		if len(sent) < maxDirectories {
			sent[e.directory] = true
		}
	case "UPLOADED", "FAILED":
		if u.answers == nil {
			u.answers, u.taken = make(map[string]int), make(map[string]bool)
		}
		u.answers[e.directory]++
		u.taken[e.directory] = u.taken[e.directory] || e.action == "UPLOADED"
	}
	for _, d := range u.current {
		if !u.arrived(d.sent) {
			return false
		}
	}
	return len(u.current) > 0
}

// descriptor returns where a descriptor was sent to. Tor makes a new one when a
// period of time ends, and forgets the older of the two, which it may never have
// sent.
func (u *uploads) descriptor(id string) map[string]bool {
	for _, d := range u.current {
		if d.id == id {
			return d.sent
		}
	}
	if len(u.current) == 2 {
		oldest := u.current[0].sent
		u.current = u.current[1:]
		for directory := range oldest {
			if u.sentTo(directory) == 0 {
				delete(u.answers, directory)
				delete(u.taken, directory)
			} else if u.answers[directory] > 0 {
				u.answers[directory]--
			}
		}
	}
	d := descriptor{id, make(map[string]bool)}
	u.current = append(u.current, d)
	return d.sent
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
	for _, d := range u.current {
		if d.sent[directory] {
			n++
		}
	}
	return n
}

// round counts what became of the uploads since all that were sent before had
// been answered. Tor begins all uploads of a descriptor at once, so that a round
// is one descriptor at least.
type round struct {
	sent, taken, failed int
}

// note takes an event in and reports whether it ends a round in which every upload
// has failed.
func (r *round) note(e descriptorEvent) bool {
	switch e.action {
	case "UPLOAD":
		if r.taken+r.failed >= r.sent {
			*r = round{}
		}
		r.sent++
	case "UPLOADED":
		r.taken++
	case "FAILED":
		r.failed++
		return r.taken == 0 && r.failed >= r.sent
	}
	return false
}
