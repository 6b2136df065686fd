package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// output prints results as they come and sums them up.
type output struct {
	w    io.Writer
	json bool

	sent, received  int
	least, most, of time.Duration // of is the sum
}

// resultJSON and summaryJSON are the lines of --json. Times are milliseconds.
type (
	// errorJSON stands alone, where there was nothing to ping.
	errorJSON struct {
		Error string `json:"error"`
	}
	resultJSON struct {
		Seq   int      `json:"seq"`
		RTT   *float64 `json:"rtt_ms,omitempty"`
		Error string   `json:"error,omitempty"`
	}
	summaryJSON struct {
		Sent     int      `json:"sent"`
		Received int      `json:"received"`
		Loss     float64  `json:"loss"`
		Min      *float64 `json:"min_ms,omitempty"`
		Avg      *float64 `json:"avg_ms,omitempty"`
		Max      *float64 `json:"max_ms,omitempty"`
	}
)

func (o *output) result(seq int, rtt time.Duration, err error) {
	o.sent++
	if err == nil {
		if o.received == 0 || rtt < o.least {
			o.least = rtt
		}
		o.received++
		o.most = max(o.most, rtt)
		o.of += rtt
	}
	switch {
	case o.json && err != nil:
		o.line(resultJSON{Seq: seq, Error: err.Error()})
	case o.json:
		o.line(resultJSON{Seq: seq, RTT: ms(rtt)})
	case err != nil:
		fmt.Fprintf(o.w, "ping %d: lost: %v\n", seq, err)
	default:
		fmt.Fprintf(o.w, "ping %d: %.1f ms\n", seq, *ms(rtt))
	}
}

func (o *output) summary() {
	loss := 0.0
	if o.sent > 0 {
		loss = float64(o.sent-o.received) / float64(o.sent)
	}
	s := summaryJSON{Sent: o.sent, Received: o.received, Loss: loss}
	if o.received > 0 {
		s.Min, s.Avg, s.Max = ms(o.least), ms(o.of/time.Duration(o.received)), ms(o.most)
	}
	if o.json {
		o.line(s)
		return
	}
	fmt.Fprintf(o.w, "%d sent, %d answered, %.0f%% lost", o.sent, o.received, 100*loss)
	if o.received > 0 {
		fmt.Fprintf(o.w, "; min/avg/max %.1f/%.1f/%.1f ms", *s.Min, *s.Avg, *s.Max)
	}
	fmt.Fprintln(o.w)
}

func (o *output) line(v any) {
	// Numbers and strings always encode, and a reader that has left is told by
	// the write of the next line.
	_ = json.NewEncoder(o.w).Encode(v)
}

func ms(d time.Duration) *float64 {
	f := float64(d.Round(100*time.Microsecond)) / float64(time.Millisecond)
	return &f
}
