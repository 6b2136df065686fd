package metrics

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
)

const (
	// path is where Prometheus looks.
	path = "/metrics"
	// requestTimeout bounds what it takes to read a request, and to write the answer.
	requestTimeout = 15 * time.Second
	// maxHeader bounds a request, in bytes. It has no body.
	maxHeader = 16 << 10
)

// handler answers one request of HTTP/1 a connection. The parts of net/http that read
// and write are enough for that; its server would bring TLS and HTTP/2 into the program,
// two megabytes that nobody could use.
type handler struct {
	figures prometheus.Gatherer
	// anyHost is whether the name does not matter under which the server was found.
	anyHost bool
}

// answer reads a request and answers it. Who does not speak HTTP gets no answer.
func (h handler) answer(conn net.Conn) {
	if err := conn.SetReadDeadline(time.Now().Add(requestTimeout)); err != nil {
		return
	}
	request, err := http.ReadRequest(bufio.NewReader(io.LimitReader(conn, maxHeader)))
	if err != nil {
		return
	}
	response := h.response(request)
	if err := conn.SetWriteDeadline(time.Now().Add(requestTimeout)); err != nil {
		return
	}
	_ = response.Write(conn)
}

// response is the answer to a request.
func (h handler) response(request *http.Request) *http.Response {
	var text bytes.Buffer
	status := http.StatusOK
	header := make(http.Header)
	switch {
	case !h.anyHost && !local(request.Host):
		status = http.StatusMisdirectedRequest
	case request.URL.Path != path:
		status = http.StatusNotFound
	case request.Method != http.MethodGet && request.Method != http.MethodHead:
		status = http.StatusMethodNotAllowed
		header.Set("Allow", "GET, HEAD")
	default:
		if err := h.tell(&text); err != nil {
			status = http.StatusInternalServerError
		}
	}
	if status != http.StatusOK {
		text.Reset()
		text.WriteString(http.StatusText(status) + "\n")
	}
	header.Set("Content-Type", string(expfmt.NewFormat(expfmt.TypeTextPlain)))
	header.Set("X-Content-Type-Options", "nosniff")
	return &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Request: request, Header: header, Close: true,
		ContentLength: int64(text.Len()), Body: io.NopCloser(&text),
	}
}

// tell writes all figures in Prometheus' text format, version 0.0.4.
func (h handler) tell(w io.Writer) error {
	families, err := h.figures.Gather()
	if err != nil {
		return err
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return err
		}
	}
	return nil
}

// local reports whether somebody has asked for this machine by name or address: a page
// in a browser cannot, whose own name was made to lead here.
func local(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}
