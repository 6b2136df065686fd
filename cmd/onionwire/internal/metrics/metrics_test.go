package metrics_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/metrics"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const testTimeout = 2 * time.Minute

// fake is a node with what figures are made of. All else panics.
type fake struct {
	rpc.API
	mu     sync.Mutex
	broken bool
	events chan rpc.Event
}

func newFake() *fake { return &fake{events: make(chan rpc.Event)} }

func (f *fake) Status(context.Context) (rpc.Status, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken {
		return rpc.Status{}, errors.New("it is broken")
	}
	return rpc.Status{
		Peer: "12D3KooWSecret", Tor: "running", TorError: "a secret", Bootstrap: 45, Service: "uploading", Uploads: 8, Uploaded: 6,
		Reachable: true, Connected: 3, Waiting: 7, Unread: 2, Started: rpc.TimeOf(time.Unix(1700000000, 0)),
	}, nil
}

func (f *fake) Contacts(context.Context) ([]rpc.Contact, error) {
	return []rpc.Contact{{Name: "a secret", State: "accepted"}, {Alias: "a secret", State: "accepted"}, {State: "asking"}}, nil
}

func (f *fake) Events(ctx context.Context, _ ledger.Cursor) iter.Seq2[rpc.Event, error] {
	return func(yield func(rpc.Event, error) bool) {
		for {
			select {
			case e := <-f.events:
				if !yield(e, nil) {
					return
				}
			case <-ctx.Done():
				yield(rpc.Event{}, ctx.Err())
				return
			}
		}
	}
}

func start(t *testing.T, f *fake) *metrics.Server {
	t.Helper()
	s, err := metrics.Start(t.Context(), "127.0.0.1:0", f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// get asks a server, under a name for its host, and returns what it says.
func get(t *testing.T, s *metrics.Server, host, path string) (int, string) {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, s.Addr().Network(), s.Addr().String())
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: transport, Timeout: testTimeout}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(b)
}

// want fails the test unless all lines are there.
func want(t *testing.T, got string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+got, "\n"+line+"\n") {
			t.Errorf("%q is missing in\n%s", line, got)
		}
	}
}

func TestFigures(t *testing.T) {
	f := newFake()
	s := start(t, f)
	f.events <- rpc.Event{Kind: "delivery_changed", Delivery: "delivered"}
	f.events <- rpc.Event{Kind: "delivery_changed", Delivery: "delivered"}
	f.events <- rpc.Event{Kind: "message_received"}
	f.events <- rpc.Event{Kind: "file_changed", FileState: "arrived"}
	f.events <- rpc.Event{Kind: rpc.PresenceChanged}
	f.events <- rpc.Event{Kind: "of another version"} // taken when the one before is counted
	code, got := get(t, s, s.Addr().String(), "/metrics")
	if code != http.StatusOK {
		t.Fatalf("it answers %d", code)
	}
	want(t, got,
		"onionwire_up 1", "onionwire_reachable 1", "onionwire_tor_bootstrap_ratio 0.45", `onionwire_tor_state{state="running"} 1`,
		`onionwire_service_phase{phase="uploading"} 1`, "onionwire_descriptor_uploads 8", "onionwire_descriptor_uploads_taken 6",
		"onionwire_contacts_connected 3", `onionwire_contacts{state="accepted"} 2`, `onionwire_contacts{state="asking"} 1`,
		`onionwire_contacts{state="blocked"} 0`, "onionwire_messages_queued 7", "onionwire_messages_unread 2",
		"onionwire_start_time_seconds 1.7e+09", `onionwire_deliveries_total{state="delivered"} 2`, `onionwire_deliveries_total{state="failed"} 0`,
		`onionwire_events_total{kind="message_received"} 1`, `onionwire_events_total{kind="request_received"} 0`,
		`onionwire_files_total{state="arrived"} 1`,
	)
	for _, no := range []string{"secret", "Secret", "presence", "another version"} {
		if strings.Contains(got, no) {
			t.Errorf("%q is told", no)
		}
	}
	f.mu.Lock()
	f.broken = true
	f.mu.Unlock()
	_, got = get(t, s, s.Addr().String(), "/metrics")
	want(t, got, "onionwire_up 0")
	if strings.Contains(got, "onionwire_reachable") {
		t.Error("a node that does not answer is told to be reachable or not")
	}
}

// A page in a browser on this machine must not read the figures by a name of its own.
func TestNames(t *testing.T) {
	s := start(t, newFake())
	for host, code := range map[string]int{
		"localhost": http.StatusOK, "127.0.0.1:1": http.StatusOK, "[::1]:9464": http.StatusOK,
		"rebound.example": http.StatusMisdirectedRequest, "192.0.2.1:9464": http.StatusMisdirectedRequest,
	} {
		if got, _ := get(t, s, host, "/metrics"); got != code {
			t.Errorf("who asks for %s gets %d, want %d", host, got, code)
		}
	}
	if got, _ := get(t, s, "localhost", "/debug/pprof/"); got != http.StatusNotFound {
		t.Errorf("another path is answered with %d", got)
	}
}

func TestSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "ow-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "metrics")
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as a crash leaves it
	stale.Close()
	s, err := metrics.Start(t.Context(), "unix:"+path, newFake())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	if _, err := metrics.Start(t.Context(), "unix:"+path, newFake()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a socket in use: %v", err)
	}
	if code, got := get(t, s, "anything", "/metrics"); code != http.StatusOK || !strings.Contains(got, "onionwire_up 1") {
		t.Errorf("it answers %d, %s", code, got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is left: %v", err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := metrics.Start(t.Context(), "unix:"+path, newFake()); err == nil || !strings.Contains(err.Error(), "no socket") {
		t.Errorf("a file: %v", err)
	}
}

func TestNotForOthers(t *testing.T) {
	for _, address := range []string{":9464", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "localhost:0", "127.0.0.1", "", "example.com:80"} {
		if _, err := metrics.Start(t.Context(), address, newFake()); !errors.Is(err, metrics.ErrAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
}
