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
	// says why: the connection to tor is lost, tor refuses the service, or every
	// upload of the latest round has failed.
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
	Missing []string
}

// condition is all that is known of a service.
type condition struct {
	gone    error // why it is gone
	away    error // why tor does not have it
	repair  bool  // tor had it before it was away
	blind   bool  // tor hides what becomes of descriptors
	missing []string

	// What follows is about the tor that has the service.
	sent, accepted int
	uploads        uploads
	round          round
	arrived        bool  // clients can find it
	failed         error // why the last upload that counts has failed
	inVain         bool  // and so did all others of its round
}

// lost says that tor does not have the service, or not any more.
func (c *condition) lost(reason error, repair bool) {
	c.away, c.repair = reason, repair
}

// begin is for a tor that has not heard of the service.
func (c *condition) begin() {
	*c = condition{gone: c.gone, away: c.away, repair: c.repair, missing: c.missing}
}

// taken says that tor has the service now.
func (c *condition) taken(missing []string, descriptorEvents bool) {
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
	case c.inVain:
		st.Phase, st.Err = Degraded, c.failed
	case c.arrived:
		st.Phase = Reachable
	case c.blind:
		st.Phase, st.Err = Uploading, ErrReadinessUnknown
	case c.sent > 0:
		st.Phase, st.Err = Uploading, c.failed
	}
	return st
}

// onDescriptor takes in what became of a descriptor. It does not block.
func (s *Service) onDescriptor(e descriptorEvent) {
	if e.fetch {
		return
	}
	s.update(func(c *condition) { c.note(e) })
}

func (c *condition) note(e descriptorEvent) {
	inVain := c.round.note(e)
	switch e.action {
	case "UPLOAD":
		c.sent++
	case "UPLOADED":
		c.accepted++
		c.failed, c.inVain = nil, false
	case "FAILED":
		c.failed = fmt.Errorf("a directory did not take the descriptor: %s", printable(e.reason))
		c.inVain = c.inVain || inVain
	}
	c.arrived = c.arrived || c.uploads.note(e)
}
