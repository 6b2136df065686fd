package tortest

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

// fakeBootstrapped is where a fake stands when it is started.
const fakeBootstrapped = `NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"`

// fakeEventNames are the events that SETEVENTS may name (control-spec.txt, 4.1).
var fakeEventNames = strings.Fields(`CIRC CIRC_MINOR STREAM ORCONN BW DEBUG INFO NOTICE WARN ERR
	NEWDESC ADDRMAP DESCCHANGED NS STATUS_GENERAL STATUS_CLIENT STATUS_SERVER GUARD STREAM_BW
	CLIENTS_SEEN NEWCONSENSUS BUILDTIMEOUT_SET SIGNAL CONF_CHANGED TRANSPORT_LAUNCHED CONN_BW
	CELL_STATS CIRC_BW HS_DESC HS_DESC_CONTENT NETWORK_LIVENESS`)

func (c *fakeControl) setEvents(args []string) fakeAnswer {
	events := make(map[string]bool)
	for _, arg := range args {
		name := strings.ToUpper(arg)
		if name == "EXTENDED" { // ignored since 0.2.2
			continue
		}
		if !slices.Contains(fakeEventNames, name) {
			return fakeSay(fmt.Sprintf(`552 Unrecognized event "%s"`, arg))
		}
		events[name] = true
	}
	c.fake.mu.Lock()
	defer c.fake.mu.Unlock()
	c.events = events
	return fakeSay("250 OK")
}

// Emit sends events to every connection that subscribed to them. An event is
// one line without its status, such as "STATUS_CLIENT WARN CLOCK_SKEW"; its
// first word is what SETEVENTS calls it.
func (f *Fake) Emit(events ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.emit(events...)
}

// emit is Emit for a caller that holds the lock.
func (f *Fake) emit(events ...string) {
	for c := range f.controls {
		var lines []string
		for _, event := range events {
			if name, _, _ := strings.Cut(event, " "); c.events[name] {
				lines = append(lines, "650 "+event)
			}
		}
		c.out.send(fakeLines(lines))
	}
}

// SetBootstrap moves the bootstrap to percent, for GETINFO and, as an event,
// for those who subscribed to STATUS_CLIENT. A fake starts with 100, "done",
// "Done".
func (f *Fake) SetBootstrap(percent int, tag, summary string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bootstrap = fmt.Sprintf(`NOTICE BOOTSTRAP PROGRESS=%d TAG=%s SUMMARY="%s"`, percent, tag, summary)
	f.emit("STATUS_CLIENT " + f.bootstrap)
}

// FakeUploads says what becomes of the descriptors of a new service. The zero
// value uploads two descriptors to three directories each, at once; one of the
// directories gets both, as happens with tor.
type FakeUploads struct {
	// Delay is the time between the reply to ADD_ONION and the first event.
	Delay time.Duration
	// Suppress sends no event at all.
	Suppress bool
	// Failed is how many of the uploads of each descriptor end in FAILED,
	// three or more for all.
	Failed int
	// Reason of the failures, UPLOAD_REJECTED if empty.
	Reason string
}

// SetUploads scripts the uploads of the services that are added from now on.
func (f *Fake) SetUploads(uploads FakeUploads) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.uploads = uploads
}

// announce plays the uploads of a service that was just added.
func (f *Fake) announce(id string, service *fakeService) {
	f.mu.Lock()
	uploads := f.uploads
	f.mu.Unlock()
	if uploads.Suppress {
		return
	}
	play := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.services[id] == service {
			f.emit(uploads.events(id)...)
		}
	}
	if uploads.Delay <= 0 {
		play()
		return
	}
	f.running.Go(func() {
		if fakeSleep(f.ctx, uploads.Delay) {
			play()
		}
	})
}

// events words the uploads as tor does (control-spec.txt, 4.1.25).
func (u FakeUploads) events(id string) []string {
	var created, begin, end []string
	for replica := range 2 {
		digest := sha256.Sum256(fmt.Append(nil, id, replica))
		descriptor := base64.RawStdEncoding.EncodeToString(digest[:])
		created = append(created, fmt.Sprintf("HS_DESC CREATED %s UNKNOWN UNKNOWN %s", id, descriptor))
		for n := range 3 {
			number := 2*replica + n // the third directory gets both descriptors
			directory := fmt.Sprintf("$%040X~hsdir%d", number, number)
			index := sha256.Sum256(fmt.Append(digest[:], n))
			begin = append(begin, fmt.Sprintf("HS_DESC UPLOAD %s UNKNOWN %s %s HSDIR_INDEX=%X", id, directory, descriptor, index))
			if n < u.Failed {
				reason := u.Reason
				if reason == "" {
					reason = "UPLOAD_REJECTED"
				}
				end = append(end, fmt.Sprintf("HS_DESC FAILED %s UNKNOWN %s REASON=%s", id, directory, reason))
			} else {
				end = append(end, fmt.Sprintf("HS_DESC UPLOADED %s UNKNOWN %s", id, directory))
			}
		}
	}
	return slices.Concat(created, begin, end)
}
