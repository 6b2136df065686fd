package tor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	// answerTime is how long a stream must have waited for an answer at least before
	// its circuit is given up: twice what the slowest circuits need for the way there
	// and back.
	answerTime = 10 * time.Second
	// fetchTimeout bounds the search for a newer descriptor. It usually takes some
	// round trips to a directory.
	fetchTimeout = 15 * time.Second
	// unknownDescriptor is tor's answer to GETINFO for a descriptor that it does not
	// have.
	unknownDescriptor = 551
)

// errNotFetched means that no directory gave a descriptor, of those that tor may be made
// to ask.
var errNotFetched = errors.New("no directory gave the descriptor")

// Freshen has tor start over with an onion service that does not answer, in place of
// waiting for it where it no longer is. It is for dials that hang. It returns how many
// circuits were given up.
//
// When a service is restarted, or its machine was suspended or has changed its network,
// it is found at other places than before, but the relays at the old ones may take it
// for connected for as long as a connection takes to time out. Tor keeps what it knows
// of a service for hours. It waits for two minutes on a circuit that once led to the
// service, and half a minute for each of its old introduction points, since these say
// that they have passed the client on, and meanwhile asks no directory.
//
// Freshen has tor ask until one answers, and gives up the circuits to the service that
// wait for it, if its descriptor is a newer one: tor makes others for the streams behind
// them. It also gives up those to the service with a stream that is not answered for ten
// seconds: that stream, and those beside it, fail, and are to be dialled again.
//
// Tor is made to ask three directories for a service in a quarter of an hour at most, so
// that it has some left to ask by itself: it asks none twice in that time.
//
// Where the control port hides circuits, or what becomes of a fetch, the error matches
// ErrRefused, and the rest is done nevertheless.
func (d *Daemon) Freshen(ctx context.Context, addr onion.Address) (closed int, err error) {
	s, err := d.await(ctx)
	if err != nil {
		return 0, err
	}
	enough := time.NewTimer(answerTime)
	defer enough.Stop()
	before, err := s.unanswered(ctx, addr)
	changed, fetchErr := d.refetch(ctx, s, addr)
	err = errors.Join(err, fetchErr)
	giveUp := func(ids []string) {
		e := closeCircuits(ctx, s.control, ids)
		if e == nil {
			closed += len(ids)
		}
		err = errors.Join(err, e)
	}
	if changed {
		circuits, e := s.control.request(ctx, circuitStatus)
		err = errors.Join(err, e)
		giveUp(waitingCircuits(circuits, addr))
	}
	if len(before) == 0 {
		return closed, err
	}
	select {
	case <-enough.C:
	case <-ctx.Done():
		return closed, errors.Join(err, context.Cause(ctx))
	}
	now, e := s.unanswered(ctx, addr)
	err = errors.Join(err, e)
	giveUp(circuitsOfBoth(before, now))
	return closed, err
}

// refetch has tor ask the directories for the descriptor of a service, and reports
// whether that is newer than the one that tor has. If tor has none, it asks them by
// itself.
func (d *Daemon) refetch(ctx context.Context, s *session, addr onion.Address) (changed bool, err error) {
	if !s.descriptorEvents {
		return false, fmt.Errorf("%w: it does not tell what becomes of a fetch", ErrRefused)
	}
	before, err := s.revision(ctx, addr)
	if err != nil || before == "" {
		return false, err
	}
	if err := d.fetch(ctx, s, addr); err != nil {
		return false, err
	}
	now, err := s.revision(ctx, addr)
	return err == nil && now != before, err
}

// revision returns the revision of the descriptor that tor has got of a service
// (control-spec section 3.9, rend-spec-v3 section 2.4), or nothing. The rest of a
// descriptor differs from directory to directory.
func (s *session) revision(ctx context.Context, addr onion.Address) (string, error) {
	r, err := s.control.request(ctx, "GETINFO hs/client/desc/id/"+addr.ServiceID())
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Code == unknownDescriptor {
		return "", nil
	}
	for _, text := range r {
		for line := range strings.Lines(text) {
			if n, ok := strings.CutPrefix(line, "revision-counter "); ok {
				return strings.TrimSpace(n), nil
			}
		}
	}
	return "", err
}

// fetch has tor ask one directory after the other, until one answers with a
// descriptor (control-spec section 3.27). Tor chooses one that it has not asked lately.
func (d *Daemon) fetch(ctx context.Context, s *session, addr onion.Address) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	ends, stop := d.fetches.follow(addr)
	defer stop()
	err := errNotFetched
	for d.fetches.begin(addr, time.Now()) {
		if _, err := s.control.request(ctx, "HSFETCH "+addr.ServiceID()); err != nil {
			return err
		}
		select {
		case e := <-ends:
			if e.action == "RECEIVED" {
				return nil
			}
			err = fmt.Errorf("%w: %s", errNotFetched, e.reason)
		case <-s.lost:
			return s.err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return err
}

// waitingCircuits picks from the answer to GETINFO circuit-status the rendezvous
// circuits that a service is expected on, because an introduction point has said that
// it knows.
func waitingCircuits(r reply, addr onion.Address) (ids []string) {
	for words, pairs := range statusLines(r, "circuit-status=") {
		if len(words) > 0 && pairs["HS_STATE"] == "HSCR_ESTABLISHED_WAITING" && pairs["REND_QUERY"] == addr.ServiceID() {
			ids = append(ids, words[0])
		}
	}
	return ids
}

// unanswered returns the streams to a service that are on a circuit to it and have no
// answer yet, with the circuit of each.
func (s *session) unanswered(ctx context.Context, addr onion.Address) (map[string]string, error) {
	r, err := s.control.request(ctx, streamStatus)
	if err != nil {
		return nil, err
	}
	streams := make(map[string]string)
	for words := range statusLines(r, "stream-status=") { // stream, status, circuit, target
		if len(words) > 3 && words[1] == "SENTCONNECT" && strings.HasPrefix(words[3], addr.String()+":") {
			streams[words[0]] = words[2]
		}
	}
	return streams, nil
}

// circuitsOfBoth returns the circuits, each once, of the streams that are in both.
func circuitsOfBoth(before, now map[string]string) (ids []string) {
	for stream, circuit := range now {
		if before[stream] == circuit && !slices.Contains(ids, circuit) {
			ids = append(ids, circuit)
		}
	}
	return ids
}
