package tor_test

import (
	"errors"
	"maps"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// nonsense is what a control port may answer to any command, besides silence and
// hanging up. Some of it is a refusal, or a success that says nothing.
var nonsense = map[string]string{
	"half a line":       "250 O",
	"half an answer":    "250-version=0.4.9.11\r\n",
	"half of the data":  "250+version=\r\n0.4.9.11\r\n",
	"nothing":           "\r\n",
	"zeros":             strings.Repeat("\x00", 100) + "\r\n",
	"another protocol":  "HTTP/1.1 400 Bad Request\r\n\r\n",
	"terminal codes":    "\x1b[2J\r\n",
	"two answers":       "250 OK\r\n250 OK\r\n",
	"two at once":       "250-a\r\n251 b\r\n",
	"an empty success":  "250 \r\n",
	"another success":   "259 fine\r\n",
	"a preliminary":     "100 wait\r\n",
	"a temporary error": "450 later\r\n",
	"no such command":   "510 what?\r\n",
	"a strange code":    "999 ?\r\n",
	"a negative code":   "-25 ?\r\n",
	"an event":          "650 HS_DESC\r\n",
	"half an event":     "650-HS_DESC\r\n250 OK\r\n",
}

// endless are answers that are too long to be one.
var endless = map[string]string{
	"an endless line": "250 " + strings.Repeat("x", tor.MaxReply) + "\r\n",
	"endless lines":   strings.Repeat("250-\r\n", tor.MaxReply/6+1),
	"endless data":    "250+a=\r\n" + strings.Repeat("b\r\n", tor.MaxReply/3+1),
}

// anyCommand begins every command.
const anyCommand = ""

// TestNonsenseIsSurvived: a control port that talks nonsense, in a session that is
// there and whenever it is called again, is called again with pauses until it is
// sane. Then the services are there as before.
func TestNonsenseIsSurvived(t *testing.T) {
	answers := map[string]func(*port) string{
		"silence": func(*port) string { return silence },
		"hangs up": func(p *port) string {
			p.drop()
			return silence
		},
	}
	for name, answer := range nonsense {
		answers[name] = func(*port) string { return answer }
	}
	for _, command := range []string{"PROTOCOLINFO", "AUTHENTICATE", "SETEVENTS", "GETINFO", "ADD_ONION", anyCommand} {
		for name, answer := range answers {
			t.Run(command+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPort(t)
					d := p.attach(t)
					s := publishNothing(t, d)
					synctest.Wait()
					p.setScript(func(c string) string {
						if strings.HasPrefix(c, command) {
							return answer(p)
						}
						return ""
					})
					if command != anyCommand { // else the heartbeat is what shows it
						p.drop()
					}
					time.Sleep(10 * time.Minute)
					// A port that refuses everything is alive, and stays.
					if n := len(p.dialled()); n > 60 || n < 2 && command != anyCommand {
						t.Errorf("called %d times in ten minutes", n)
					}
					st := daemonStatus(t, d)
					wantSpeakable(t, st.Err)
					wantSpeakable(t, statusOf(t, s).Err)
					if d.Err() != nil || statusOf(t, s).Phase == tor.Gone {
						t.Fatalf("given up: %v", d.Err())
					}

					before := len(p.words("ADD_ONION"))
					p.setScript(nil)
					p.drop() // what was taken for a session
					time.Sleep(2 * time.Minute)
					if st := daemonStatus(t, d); st.State != tor.Connected || st.Err != nil {
						t.Errorf("sane again: %+v", st)
					}
					if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil || len(p.words("ADD_ONION")) == before {
						t.Errorf("the service of a port that is sane again: %+v", st)
					}
					begin := time.Now()
					d.Close()
					if took := time.Since(begin); took != 0 {
						t.Errorf("Close took %s", took)
					}
				})
			})
		}
	}
}

// wantSpeakable checks that an error can be shown to people.
func wantSpeakable(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := err.Error()
	if len(text) > 600 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("error %.1000q", text)
	}
}

// TestNonsenseAtFirst: a service that is being added when the control port loses its
// mind is neither lost nor said to be there.
func TestNonsenseAtFirst(t *testing.T) {
	answers := maps.Clone(nonsense)
	maps.Copy(answers, endless)
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				p.setScript(func(c string) string {
					if strings.HasPrefix(c, "ADD_ONION") {
						return answer
					}
					return ""
				})
				s := publishNothing(t, d)
				time.Sleep(2 * tor.RequestTimeout)
				st := statusOf(t, s)
				wantSpeakable(t, st.Err)
				if st.Phase == tor.Reachable || st.Phase == tor.Gone && !errors.Is(st.Err, tor.ErrRefused) {
					t.Errorf("status %+v", st)
				}
				p.setScript(nil)
				time.Sleep(5 * time.Minute)
				if st := statusOf(t, s); st.Phase != tor.Gone && (st.Phase != tor.Starting || st.Err != nil) {
					t.Errorf("sane again: %+v", st)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// floods are events with names that never come twice, each of the length that is
// given.
var floods = map[string]func(service string, n int, long string) string{
	"uploads": func(service string, n int, long string) string {
		return "HS_DESC UPLOAD " + service + " UNKNOWN $" + long + "~d descriptor"
	},
	"descriptors": func(service string, n int, long string) string {
		return "HS_DESC CREATED " + service + " UNKNOWN UNKNOWN " + long
	},
	"answers": func(service string, n int, long string) string {
		return "HS_DESC UPLOADED " + service + " UNKNOWN $" + long + "~d"
	},
	"failures": func(service string, n int, long string) string {
		return "HS_DESC FAILED " + service + " UNKNOWN $d" + strconv.Itoa(n) + " REASON=" + long
	},
	"padded uploads": func(service string, n int, long string) string {
		return "HS_DESC UPLOAD " + service + " UNKNOWN $" + strconv.Itoa(n) + "~d descriptor PADDING=" + long
	},
	"introductions": func(service string, n int, long string) string {
		return "CIRC " + long + " BUILT PURPOSE=HS_SERVICE_INTRO REND_QUERY=" + service
	},
	"padded introductions": func(service string, n int, long string) string {
		return "CIRC " + strconv.Itoa(n) + " BUILT PURPOSE=HS_SERVICE_INTRO REND_QUERY=" + service + " PADDING=" + long
	},
	"circuits": func(_ string, n int, _ string) string { return "CIRC " + strconv.Itoa(n) + " FAILED" },
	"progress": func(_ string, n int, long string) string {
		return `STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=` + long + ` SUMMARY="` + long + `" WARNING="` + long + `"`
	},
	"nothing in particular": func(_ string, n int, long string) string { return "WHATEVER " + long },
}

// TestFloods has a control port that sends a hundred thousand events, and some that
// are very long: requests are answered meanwhile, and memory stays bounded.
func TestFloods(t *testing.T) {
	const (
		rounds = 100
		many   = 1000    // short ones in a round, of all kinds
		few    = 1       // long ones in a round, of each kind
		length = 150_000 // of the long ones, in bytes
	)
	key := newKey(t)
	n := 0
	event := func(f func(string, int, string) string, length int) string {
		n++
		long := strconv.Itoa(n)
		long = strings.Repeat("A", length-len(long)) + long
		return "650 " + f(key.Address().ServiceID(), n, long) + "\r\n"
	}
	round := func() string {
		var b strings.Builder
		for range many / len(floods) {
			for _, f := range floods {
				b.WriteString(event(f, 40))
			}
		}
		for range few {
			for _, f := range floods {
				b.WriteString(event(f, length))
			}
		}
		return b.String()
	}
	var flooding atomic.Bool
	d, err := tor.AttachOver(t.Context(), serve(t, func(command string) string {
		if flooding.Load() {
			return round() + obliging(command)
		}
		return obliging(command)
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, err := d.Publish(tor.ServiceConfig{Key: key, Port: 1, Target: listenLoopback(t).Addr()})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	flooding.Store(true)
	for range rounds {
		ask(t, d, "GETINFO status/bootstrap-phase")
	}
	flooding.Store(false)
	ask(t, d, "GETINFO status/bootstrap-phase")
	after := heap()
	t.Logf("%d events; %d KiB are kept", n, (after-min(after, before))>>10)
	if after > before+8<<20 {
		t.Errorf("the heap grew from %d to %d KiB", before>>10, after>>10)
	}
	for st := range s.Status(t.Context()) {
		wantSpeakable(t, st.Err)
		break
	}
	for p := range d.Progress(t.Context()) {
		wantSpeakable(t, errors.New(p.String()))
		break
	}
	if d.Reconnects() != 0 {
		t.Error("the connection was given up")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// heap is how much memory is in use, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
