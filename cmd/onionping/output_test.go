package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOutput(t *testing.T) {
	lost := errors.New("no answer")
	for _, tc := range []struct {
		name        string
		rtts        []time.Duration // negative: lost
		plain, json string
	}{
		{
			"all answered",
			[]time.Duration{30 * time.Millisecond, 10 * time.Millisecond, 50*time.Millisecond + 60*time.Microsecond},
			"ping 1: 30.0 ms\nping 2: 10.0 ms\nping 3: 50.1 ms\n3 sent, 3 answered, 0% lost; min/avg/max 10.0/30.0/50.1 ms\n",
			`{"seq":1,"rtt_ms":30}` + "\n" + `{"seq":2,"rtt_ms":10}` + "\n" + `{"seq":3,"rtt_ms":50.1}` + "\n" +
				`{"sent":3,"received":3,"loss":0,"min_ms":10,"avg_ms":30,"max_ms":50.1}` + "\n",
		},
		{
			"the first lost",
			[]time.Duration{-1, 20 * time.Millisecond, 40 * time.Millisecond, -1},
			"ping 1: lost: no answer\nping 2: 20.0 ms\nping 3: 40.0 ms\nping 4: lost: no answer\n4 sent, 2 answered, 50% lost; min/avg/max 20.0/30.0/40.0 ms\n",
			`{"seq":1,"error":"no answer"}` + "\n" + `{"seq":2,"rtt_ms":20}` + "\n" + `{"seq":3,"rtt_ms":40}` + "\n" + `{"seq":4,"error":"no answer"}` + "\n" +
				`{"sent":4,"received":2,"loss":0.5,"min_ms":20,"avg_ms":30,"max_ms":40}` + "\n",
		},
		{
			"all lost",
			[]time.Duration{-1},
			"ping 1: lost: no answer\n1 sent, 0 answered, 100% lost\n",
			`{"seq":1,"error":"no answer"}` + "\n" + `{"sent":1,"received":0,"loss":1}` + "\n",
		},
		{
			"interrupted before the first",
			nil,
			"0 sent, 0 answered, 0% lost\n",
			`{"sent":0,"received":0,"loss":0}` + "\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for asJSON, want := range map[bool]string{false: tc.plain, true: tc.json} {
				var got strings.Builder
				o := output{w: &got, json: asJSON}
				for i, rtt := range tc.rtts {
					var err error
					if rtt < 0 {
						rtt, err = 0, lost
					}
					o.result(i+1, rtt, err)
				}
				o.summary()
				if got.String() != want {
					t.Errorf("got\n%s\nwant\n%s", got.String(), want)
				}
			}
		})
	}
}
