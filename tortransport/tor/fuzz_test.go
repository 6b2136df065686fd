package tor_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// FuzzControlReply lets a control port say anything to a client that asks one
// thing after the other. Whatever it is, the client ends, and no goroutine is
// left.
func FuzzControlReply(f *testing.F) {
	f.Add([]byte(obliging("PROTOCOLINFO") + "250 OK\r\n250 OK\r\n" + obliging("GETINFO")))
	f.Add([]byte("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"\r\n"))
	f.Add([]byte("250+a=\r\nb\r\n..c\r\n.\r\n250 OK\r\n"))
	f.Add([]byte("250-a\r\n650 x\r\n"))
	f.Add([]byte("515 no\r\n"))
	f.Add([]byte("250-AUTH METHODS=SAFECOOKIE COOKIEFILE=\"/dev/zero\"\r\n250-VERSION Tor=\"0.4.9.11\"\r\n250 OK\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ours, theirs := net.Pipe()
		done := make(chan struct{})
		go func() { // what we send is of no interest to this one
			defer close(done)
			_, _ = io.Copy(io.Discard, theirs)
		}()
		go func() {
			_, _ = theirs.Write(b)
			theirs.Close()
		}()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		d, err := tor.AttachOver(ctx, ours)
		if err == nil {
			<-d.Done() // nothing follows
			if !errors.Is(d.Err(), tor.ErrControl) {
				t.Errorf("daemon ended with %v", d.Err())
			}
			d.Close()
		}
		if ctx.Err() != nil {
			t.Error("it hung")
		}
		<-done
	})
}

func FuzzKeywords(f *testing.F) {
	f.Add(`NOTICE BOOTSTRAP PROGRESS=75 TAG=x SUMMARY="a \"b\" \101"`)
	f.Add(`"127.0.0.1:9050" "unix:/x" a=b=c  =`)
	f.Add(`A="\`)
	f.Fuzz(func(t *testing.T, s string) {
		words, pairs, err := tor.Keywords(s)
		if err != nil {
			return
		}
		size := 0
		for _, w := range words {
			size += len(w)
		}
		for k, v := range pairs {
			size += len(k) + len(v)
		}
		if size > len(s) {
			t.Errorf("%q gives %d bytes: %q %q", s, size, words, pairs)
		}
	})
}

func FuzzBootstrap(f *testing.F) {
	f.Add(`NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"`)
	f.Add(`WARN BOOTSTRAP PROGRESS=10 TAG=conn SUMMARY="Connecting" WARNING="No route" REASON=NOROUTE`)
	f.Add(`NOTICE BOOTSTRAP PROGRESS=-1`)
	f.Fuzz(func(t *testing.T, s string) {
		p, ok := tor.ParseBootstrap(s)
		if p.Percent < 0 || p.Percent > 100 || !ok && p != (tor.Progress{}) {
			t.Errorf("%q: %+v, %v", s, p, ok)
		}
		if ok && !strings.Contains(s, "BOOTSTRAP") {
			t.Errorf("%q was taken for a bootstrap phase", s)
		}
	})
}

func FuzzDescriptorEvent(f *testing.F) {
	id := "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
	f.Add("UPLOADED "+id+" UNKNOWN $A~b", "UPLOAD "+id+" UNKNOWN $A~b one HSDIR_INDEX=0")
	f.Add("FAILED "+id+" NO_AUTH $A~b one REASON=NOT_FOUND", "CREATED "+id+" UNKNOWN UNKNOWN one")
	f.Add("UPLOAD x", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		steps, reached := tor.PlayDescriptorEvents(a, b, a, b)
		if steps > 4 || reached && steps == 0 {
			t.Errorf("%d events, reachable %v", steps, reached)
		}
	})
}

func FuzzCircuitEvent(f *testing.F) {
	id := "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
	f.Add("15 BUILT $A~a,$B~b BUILD_FLAGS=IS_INTERNAL,NEED_UPTIME PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_CONNECTING REND_QUERY=" + id)
	f.Add("528 LAUNCHED PURPOSE=CONFLUX_UNLINKED TIME_CREATED=2026-11-21T13:45:45.600308")
	f.Add("1 FAILED PURPOSE=HS_SERVICE_INTRO REND_QUERY=x REASON=TIMEOUT")
	f.Add("1")
	f.Fuzz(func(t *testing.T, line string) {
		id, status, service, ok := tor.ParseCircuitEvent(line)
		if !ok && (id != "" || status != "" || !service.IsZero()) {
			t.Errorf("malformed, and yet %q %q %v", id, status, service)
		}
		if !service.IsZero() && !strings.Contains(strings.ToLower(line), service.ServiceID()) {
			t.Errorf("service %s comes from nowhere", service.Short())
		}
	})
}

func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{"127.0.0.1:9051", "[::1]:80", `unix:"/a b"`, "unix:/a/../b", "host:0", `unix:"/a""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := tor.ParseAddr(s)
		if err != nil {
			if !a.IsZero() {
				t.Errorf("%q: %v with error %v", s, a, err)
			}
			return
		}
		if again, err := tor.ParseAddr(a.String()); err != nil || again != a {
			t.Errorf("%q: %+v is read back as %+v, %v", s, a, again, err)
		}
	})
}
