package tortest_test

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// uploadEvents adds a service and reads n events behind the reply.
func uploadEvents(t *testing.T, c *controller, n int) (id string, events []string) {
	t.Helper()
	reply, _, _ := strings.Cut(c.ask("ADD_ONION NEW:BEST Flags=DiscardPK Port=80"), "\n")
	id, ok := strings.CutPrefix(reply, "250-ServiceID=")
	if !ok {
		t.Fatalf("reply %q", reply)
	}
	for range n {
		events = append(events, c.reply())
	}
	return id, events
}

func TestFakeUploadEvents(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	c.want("SETEVENTS HS_DESC", "250 OK")
	id, events := uploadEvents(t, c, 14)
	descriptors := make(map[string]int)
	directories := make(map[string]bool)
	created := regexp.MustCompile(`^650 HS_DESC CREATED ` + id + ` UNKNOWN UNKNOWN ([A-Za-z0-9+/]{43})$`)
	upload := regexp.MustCompile(`^650 HS_DESC UPLOAD ` + id + ` UNKNOWN (\$[0-9A-F]{40}~\w+) ([A-Za-z0-9+/]{43}) HSDIR_INDEX=[0-9A-F]{64}$`)
	uploaded := regexp.MustCompile(`^650 HS_DESC UPLOADED ` + id + ` UNKNOWN (\$[0-9A-F]{40}~\w+)$`)
	for _, event := range events {
		switch {
		case created.MatchString(event):
			descriptors[created.FindStringSubmatch(event)[1]] = 0
		case upload.MatchString(event):
			match := upload.FindStringSubmatch(event)
			descriptors[match[2]]++
			directories[match[1]] = true
		case uploaded.MatchString(event):
			delete(directories, uploaded.FindStringSubmatch(event)[1])
		default:
			t.Errorf("unexpected event %q", event)
		}
	}
	if len(descriptors) != 2 || len(directories) != 0 {
		t.Errorf("%d descriptors, want 2; not uploaded to %v", len(descriptors), directories)
	}
	for descriptor, n := range descriptors {
		if n != 3 {
			t.Errorf("descriptor %s uploaded to %d directories, want 3", descriptor, n)
		}
	}
	c.want("SETEVENTS", "250 OK")
	uploadEvents(t, c, 0)
	c.want("GETINFO", "250 OK") // and no event before it
}

func TestFakeUploadsScripted(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	c.want("SETEVENTS HS_DESC", "250 OK")

	f.SetUploads(tortest.FakeUploads{Failed: 2})
	_, events := uploadEvents(t, c, 14)
	if n := strings.Count(strings.Join(events, "\n"), " REASON=UPLOAD_REJECTED"); n != 4 {
		t.Errorf("%d uploads failed, want 2 of each descriptor", n)
	}
	f.SetUploads(tortest.FakeUploads{Failed: 3, Reason: "UNEXPECTED"})
	id, events := uploadEvents(t, c, 14)
	failed := regexp.MustCompile(`^650 HS_DESC FAILED ` + id + ` UNKNOWN \$[0-9A-F]{40}~\w+ REASON=UNEXPECTED$`)
	for _, event := range events[8:] {
		if !failed.MatchString(event) {
			t.Errorf("unexpected event %q", event)
		}
	}
	f.SetUploads(tortest.FakeUploads{Suppress: true})
	uploadEvents(t, c, 0)
	c.want("GETINFO", "250 OK")

	f.SetUploads(tortest.FakeUploads{Delay: 50 * time.Millisecond})
	begin := time.Now()
	uploadEvents(t, c, 14)
	if d := time.Since(begin); d < 50*time.Millisecond {
		t.Errorf("events came after %v", d)
	}
	id, _ = uploadEvents(t, c, 0)
	c.want("DEL_ONION "+id, "250 OK")
	time.Sleep(100 * time.Millisecond)
	c.want("GETINFO", "250 OK") // nothing of a service that is gone
}

func TestFakeBootstrap(t *testing.T) {
	f := tortest.NewFake(t)
	c, deaf := authenticated(t, f), authenticated(t, f)
	c.want("SETEVENTS STATUS_CLIENT", "250 OK")
	f.SetBootstrap(50, "loading_descriptors", "Loading relay descriptors")
	const phase = `NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"`
	if event := c.reply(); event != "650 STATUS_CLIENT "+phase {
		t.Errorf("event %q", event)
	}
	deaf.want("GETINFO status/bootstrap-phase", "250-status/bootstrap-phase="+phase+"\n250 OK")
	f.Emit("STATUS_CLIENT WARN DANGEROUS_SOCKS", "BW 1 2", "STATUS_CLIENT NOTICE ENOUGH_DIR_INFO")
	for _, want := range []string{"650 STATUS_CLIENT WARN DANGEROUS_SOCKS", "650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO"} {
		if event := c.reply(); event != want {
			t.Errorf("event %q, want %q", event, want)
		}
	}
	deaf.want("GETINFO", "250 OK")
}

// TestFakeDeafController makes sure that a controller which does not read
// holds up neither Emit nor the others.
func TestFakeDeafController(t *testing.T) {
	f := tortest.NewFake(t)
	deaf, c := authenticated(t, f), authenticated(t, f)
	deaf.want("SETEVENTS NOTICE", "250 OK")
	batch := make([]string, 1000)
	for i := range batch {
		batch[i] = fmt.Sprintf("NOTICE %s", strings.Repeat("x", 1000))
	}
	for range 30 {
		f.Emit(batch...)
	}
	c.want("GETINFO", "250 OK")
	if n, err := io.Copy(io.Discard, deaf); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the deaf one was not given up: %v after %d bytes", err, n)
	}
}
