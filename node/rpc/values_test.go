package rpc_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 1, 13, 30, 0, 120_900_000, time.FixedZone("", 3600))
	for _, tt := range []struct {
		time rpc.Time
		want string
	}{
		{rpc.TimeOf(at), `"2026-03-01T12:30:00.120Z"`},
		{rpc.Time{Time: at}, `"2026-03-01T12:30:00.120Z"`},
		{rpc.TimeOf(time.Unix(0, 0)), `"1970-01-01T00:00:00.000Z"`},
		{rpc.TimeOf(time.Time{}), `null`},
	} {
		got, err := json.Marshal(tt.time)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s (%v), want %s", got, err, tt.want)
		}
	}
	var back rpc.Time
	if err := json.Unmarshal([]byte(`"2026-03-01T13:30:00.1209+01:00"`), &back); err != nil || !back.Equal(at.Truncate(time.Millisecond)) || back.Location() != time.UTC {
		t.Errorf("read %v (%v)", back, err)
	}
	if _, err := json.Marshal(rpc.Time{Time: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil {
		t.Error("the year 10000 is written")
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", time.Second: "1", 90 * time.Minute: "5400", -time.Second: "-1", 1500 * time.Millisecond: "1.5",
		time.Millisecond: "0.001", time.Microsecond: "0", 365 * 24 * time.Hour: "31536000",
	} {
		got, err := json.Marshal(rpc.Duration(d))
		if err != nil || string(got) != want {
			t.Errorf("%s is written as %s (%v), want %s", d, got, err, want)
		}
		var back rpc.Duration
		if err := json.Unmarshal(got, &back); err != nil || time.Duration(back) != d.Truncate(time.Millisecond) {
			t.Errorf("%s is read as %s (%v)", got, back, err)
		}
	}
}

func TestInvitesAreNotPrinted(t *testing.T) {
	invite := rpc.Invite{Token: rpc.InviteToken{0xab, 0xcd, 0xef}}
	text := fmt.Sprintf("%v %+v %#v %x %s", invite, invite, invite, invite.Token, invite.Token)
	var log logText
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "invite", invite.Token)
	if text += log.String(); strings.Contains(text, "abcdef") || strings.Contains(text, "0xab") || strings.Contains(text, "171") {
		t.Errorf("printed is %s", text)
	}
	if b, err := json.Marshal(invite); err != nil || !strings.Contains(string(b), `"abcdef00000000000000000000000000"`) {
		t.Errorf("sent is %s (%v)", b, err)
	}
}

// Everything that the ledger has a constant for has a name of its own.
func TestNames(t *testing.T) {
	count := func(name func(i int) string) int {
		seen := make(map[string]bool)
		for i := 1; ; i++ {
			n := name(i)
			if n == "" {
				return i - 1
			}
			if seen[n] {
				t.Errorf("%s is there twice", n)
			}
			seen[n] = true
		}
	}
	for what, tt := range map[string]struct{ got, want int }{
		"contact states":     {count(func(i int) string { return string(rpc.ContactStateName(ledger.ContactState(i))) }), int(ledger.Deleted)},
		"conversation kinds": {count(func(i int) string { return string(rpc.ConversationKindName(ledger.ConversationKind(i))) }), int(ledger.Group)},
		"delivery states":    {count(func(i int) string { return string(rpc.DeliveryStateName(ledger.DeliveryState(i))) }), int(ledger.Expired)},
		"file states":        {count(func(i int) string { return string(rpc.FileStateName(ledger.FileState(i))) }), int(ledger.Broken)},
		"event kinds":        {count(func(i int) string { return string(rpc.EventKindName(ledger.EventKind(i))) }), int(ledger.SetBack)},
	} {
		if tt.got != tt.want {
			t.Errorf("%d %s have names, want %d", tt.got, what, tt.want)
		}
	}
}

func TestEventOf(t *testing.T) {
	e := rpc.EventOf(ledger.Event{
		Cursor: 7, Happened: then.Time, Kind: ledger.DeliveryChanged, Contact: 1, Conversation: 2, Message: 3,
		ID: ledger.MessageID{1}, Delivery: ledger.Read,
	})
	b, err := json.Marshal(e)
	want := `{"cursor":7,"happened":"2026-03-01T12:00:00.000Z","kind":"delivery_changed","contact":1,"conversation":2,"message":3,` +
		`"id":"01000000000000000000000000000000","delivery":"read"}`
	if err != nil || string(b) != want {
		t.Errorf("event is %s (%v), want %s", b, err, want)
	}
	b, err = json.Marshal(rpc.EventOf(ledger.Event{Cursor: 8, Happened: then.Time, Kind: ledger.TimerChanged, Conversation: 2}))
	want = `{"cursor":8,"happened":"2026-03-01T12:00:00.000Z","kind":"timer_changed","conversation":2,"timer":0}`
	if err != nil || string(b) != want {
		t.Errorf("event is %s (%v), want %s", b, err, want)
	}
}
