package metrics_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/metrics"
)

// dial connects to a server, until the end of the test.
func dial(t *testing.T, address net.Addr) net.Conn {
	t.Helper()
	conn, err := net.Dial(address.Network(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(testTimeout)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// says sends something to a server and returns all that comes back.
func says(t *testing.T, address net.Addr, sent string) string {
	t.Helper()
	conn := dial(t, address)
	_, _ = io.WriteString(conn, sent) // the server may have seen enough before the end
	got, _ := io.ReadAll(conn)        // and closes with a reset then
	return string(got)
}

// TestMethods: figures are read, and nothing else.
func TestMethods(t *testing.T) {
	s := start(t, newFake())
	for method, code := range map[string]int{
		http.MethodGet: http.StatusOK, http.MethodHead: http.StatusOK, http.MethodPost: http.StatusMethodNotAllowed,
		http.MethodConnect: http.StatusNotFound,
	} {
		target := "/metrics"
		if method == http.MethodConnect {
			target = "localhost:1"
		}
		got := says(t, s.Addr(), method+" "+target+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(got)), &http.Request{Method: method})
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != code || !response.Close {
			t.Errorf("%s is answered with %s, %v, close %t", method, response.Status, err, response.Close)
		}
		if method == http.MethodHead && len(body) > 0 || method == http.MethodGet && !strings.Contains(string(body), "onionwire_up 1") {
			t.Errorf("%s is answered with %q", method, body)
		}
		if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
			t.Errorf("%s is answered with %s", method, kind)
		}
	}
}

// TestNoHTTP: who speaks something else gets no figures, and harms nobody.
func TestNoHTTP(t *testing.T) {
	s := start(t, newFake())
	for _, sent := range []string{
		"\x16\x03\x01\x02\x00\x01\x00", "\r\n\r\n\r\n\r\n", "GET /metrics\r\n\r\n", "GET http://[::1 HTTP/1.1\r\n\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /metrics HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
		"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
	} {
		conn := dial(t, s.Addr())
		_, _ = io.WriteString(conn, sent)
		if err := conn.(*net.TCPConn).CloseWrite(); err == nil {
			got, _ := io.ReadAll(conn)
			if strings.Contains(string(got), "onionwire_up") {
				t.Errorf("%.40q is answered with figures", sent)
			}
		}
	}
	if code, _ := get(t, s, "localhost", "/metrics"); code != http.StatusOK {
		t.Errorf("the next one is answered with %d", code)
	}
}

// TestTwiceOnOneConnection: each connection is for one request.
func TestTwiceOnOneConnection(t *testing.T) {
	s := start(t, newFake())
	const request = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if got := says(t, s.Addr(), request+request); strings.Count(got, "HTTP/1.1 404") > 1 {
		t.Errorf("it answers %q", got)
	}
}

// TestSilentConnections: those who say nothing are not waited for when the server ends,
// and a few of them keep nobody else out.
func TestSilentConnections(t *testing.T) {
	s, err := metrics.Start(t.Context(), "127.0.0.1:0", newFake())
	if err != nil {
		t.Fatal(err)
	}
	var silent []net.Conn
	for range 8 {
		silent = append(silent, dial(t, s.Addr()))
	}
	if code, _ := get(t, s, "localhost", "/metrics"); code != http.StatusOK {
		t.Errorf("beside them it answers %d", code)
	}
	for range 30 { // more than are answered at a time
		silent = append(silent, dial(t, s.Addr()))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, conn := range silent {
		if n, err := conn.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Errorf("connection %d: %d bytes, %v", i, n, err)
		}
	}
}
