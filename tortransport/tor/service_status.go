package tor

import "fmt"

// Phase is the state of an onion service.
type Phase int

const (
	// Starting: tor has not taken the service yet, or is building its
	// introduction points.
	Starting Phase = iota
	// Uploading: descriptors are under way to the directories.
	Uploading
	// Reachable: a directory has taken every descriptor that there was to send,
	// so that clients find the service, and nothing has happened since that makes
	// that doubtful.
	Reachable
	// Degraded: the service was further than it is, and is being repaired. Err
	// says why: the connection to tor is lost, tor refuses the service, tor has lost
	// its network or all introduction points of the service, or every upload of the
	// latest round has failed.
	Degraded
	// Gone: the service was closed or the daemon ended.
	Gone
)

func (p Phase) String() string {
	return [...]string{"starting", "uploading", "reachable", "degraded", "gone"}[p]
}

// ServiceStatus is how an onion service is doing.
type ServiceStatus struct {
	Phase Phase
	// Uploads and Uploaded count descriptors, since tor took the service: sent to
	// a directory, and taken by one. They begin anew with each tor.
	Uploads, Uploaded int
	// Err is why the service is gone, degraded or not reachable yet. It may be nil
	// in the latter case, and is nil when the service is reachable.
	Err error
	// Missing names what the service was asked for with and this tor is too old
	// for.
	Missing []Feature
}

// condition is all that is known of a service.
type condition struct {
	gone    error // why it is gone
	away    error // why tor does not have it
	repair  bool  // tor had it before it was away
	blind   bool  // tor hides what becomes of descriptors
	missing []Feature

	// What follows is about the tor that has the service.
	sent, accepted int
	uploads        uploads
	round          round
	arrived        bool  // clients can find it
	failed         error // why the last upload that counts has failed
	inVain         bool  // and so did all others of its round
	network        error // why tor's network is away
	// introductions are the circuits to introduction points that are open, and
	// introduced says that there was one.
	introductions map[string]bool
	introduced    bool
}

// maxIntroductions bounds how many circuits to introduction points of one service
// are remembered: tor has twenty of them at most, and a few more while it replaces
// some.
const maxIntroductions = 64

// lost says that tor does not have the service, or not any more.
func (c *condition) lost(reason error, repair bool) {
	c.away, c.repair = reason, repair
}

// begin is for a tor that has not heard of the service.
func (c *condition) begin() {
	*c = condition{gone: c.gone, away: c.away, repair: c.repair, missing: c.missing}
}

// taken says that tor has the service now.
func (c *condition) taken(missing []Feature, descriptorEvents bool) {
	c.away, c.repair = nil, false
	c.missing, c.blind = missing, !descriptorEvents
}

func (c *condition) status() ServiceStatus {
	st := ServiceStatus{Uploads: c.sent, Uploaded: c.accepted, Missing: c.missing}
	switch {
	case c.gone != nil:
		st.Phase, st.Err = Gone, c.gone
	case c.repair:
		st.Phase, st.Err = Degraded, c.away
	case c.away != nil:
		st.Phase, st.Err = Starting, c.away
	case c.arrived && c.network != nil:
		st.Phase, st.Err = Degraded, c.network
	case c.arrived && c.barren():
		st.Phase, st.Err = Degraded, errNoIntroduction
	case c.inVain:
		st.Phase, st.Err = Degraded, c.failed
	case c.arrived:
		st.Phase = Reachable
	case c.blind:
		st.Phase, st.Err = Uploading, ErrReadinessUnknown
	case c.sent > 0:
		st.Phase, st.Err = Uploading, c.failed
	default:
		st.Err = c.network
	}
	return st
}

// barren reports whether tor has lost all introduction points of the service.
func (c *condition) barren() bool { return c.introduced && len(c.introductions) == 0 }

// onIntroduction takes in that a circuit to an introduction point is open, or no
// longer is. It does not block.
func (s *Service) onIntroduction(id string, open bool) {
	s.update(func(c *condition) {
		switch {
		case !open:
			delete(c.introductions, id)
		case len(c.introductions) < maxIntroductions:
			if c.introductions == nil {
				c.introductions = make(map[string]bool)
			}
			c.introductions[id], c.introduced = true, true
		}
	})
	nudge(s.look)
}

// onNetwork takes in that tor's network is away, for a reason, or is back. It does
// not block.
func (s *Service) onNetwork(away error) {
	s.update(func(c *condition) { c.network = away })
	nudge(s.look)
}

// onDescriptor takes in what became of a descriptor. It does not block.
func (s *Service) onDescriptor(e descriptorEvent) {
	if e.fetch {
		return
	}
	s.update(func(c *condition) { c.note(e) })
}

func (c *condition) note(e descriptorEvent) {
	if c.uploads.late(e) {
		return
	}
	inVain := c.round.note(e)
	switch e.action {
	case "UPLOAD":
		c.sent++
	case "UPLOADED":
		c.accepted++
		c.failed, c.inVain = nil, false
	case "FAILED":
		c.failed = fmt.Errorf("a directory did not take the descriptor: %s", e.reason)
		c.inVain = c.inVain || inVain
	}
	if c.uploads.note(e) {
		c.arrived = true
	}
}
