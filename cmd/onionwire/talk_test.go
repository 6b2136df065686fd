package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var bob = rpc.Contact{ID: 1, Peer: "12D3KooWBob", Name: "Bob", State: rpc.AcceptedContact, Conversation: 1}

// talking runs a talk with bob, whose input ends when it has been read, until that and
// all that waits is over or ctx ends. It returns what was printed, and why it ended.
func talking(ctx context.Context, t *testing.T, api *fakeAPI, input string) (out, notes []string, err error) {
	t.Helper()
	var o, n strings.Builder
	feed, stop := listen(ctx, api, 0)
	defer stop()
	talk := talk{api: api, contact: bob, out: &o, notes: &n, endsWithIn: true}
	err = talk.run(ctx, feed, strings.NewReader(input))
	split := func(b *strings.Builder) []string {
		return slices.DeleteFunc(strings.Split(b.String(), "\n"), func(s string) bool { return s == "" })
	}
	return split(&o), split(&n), err
}

func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s has\n%q, want\n%q", what, got, want)
	}
}

// TestBacklog shows what was not read, and what waits, however much lies between.
func TestBacklog(t *testing.T) {
	api := newFakeAPI(bob)
	api.add(1, 0, "arrived long ago", rpc.DeliveredMessage)
	for i := range 3 * backlogPage {
		api.add(1, 1, fmt.Sprintf("read %d", i), "")
		api.add(2, 2, "of another", "")
	}
	api.read = ledger.MessageNumber(len(api.messages))
	want := []string{}
	for i := range 2 * backlogPage {
		api.add(1, 1, fmt.Sprintf("new %d", i), "")
		want = append(want, fmt.Sprintf("them: new %d", i))
	}
	api.add(1, 0, "given up", "expired")
	late := api.add(1, 0, "on its way", rpc.SentMessage)
	api.events <- rpc.Event{Kind: rpc.MessageReceived, Contact: 1, Conversation: 1, Message: late.Number - 2} // shown already
	api.events <- rpc.Event{Kind: rpc.DeliveryChanged, Contact: 1, Conversation: 1, Message: late.Number, Delivery: rpc.DeliveredMessage}
	out, _, err := talking(t.Context(), t, api, "")
	if err != nil {
		t.Error(err)
	}
	if len(out) != len(want)+2 || !slices.Equal(out[:len(want)], want) || out[len(want)] != "you: on its way  (waiting)" ||
		!strings.HasPrefix(out[len(want)+1], "you: on its way  ✓ delivered in ") {
		t.Errorf("printed %d lines, the last ones %q", len(out), out[max(0, len(out)-3):])
	}
	if api.read != late.Number-2 {
		t.Errorf("read up to %d, want %d", api.read, late.Number-2)
	}
}

// TestLongBacklog shows the last thousand of many.
func TestLongBacklog(t *testing.T) {
	api := newFakeAPI(bob)
	for range maxBacklog + 7 {
		api.add(1, 1, "new", "")
	}
	out, notes, err := talking(t.Context(), t, api, "")
	if err != nil || len(out) != maxBacklog {
		t.Errorf("%d lines, %v", len(out), err)
	}
	wantLines(t, "standard error", notes, "7 earlier messages were not read, and are not shown")
}

// TestTalkEnds: whatever ends a talk, what waits is told.
func TestTalkEnds(t *testing.T) {
	gone := errors.New("tor is gone")
	for name, tc := range map[string]struct {
		event rpc.Event
		end   func(cancel context.CancelCauseFunc, api *fakeAPI)
		want  error
	}{
		"an interruption": {
			end:  func(cancel context.CancelCauseFunc, _ *fakeAPI) { cancel(nil) },
			want: cli.ErrInterrupted,
		},
		"tor": {
			end:  func(cancel context.CancelCauseFunc, _ *fakeAPI) { cancel(gone) },
			want: gone,
		},
		"the node": {
			end:  func(_ context.CancelCauseFunc, api *fakeAPI) { close(api.events) },
			want: rpc.ErrClosed,
		},
		"somebody else who answers": {
			event: rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: &rpc.Presence{State: rpc.Offline, Trouble: rpc.AnotherPeer}},
			want:  node.ErrWrongPeer,
		},
		"somebody who proves nothing": {
			event: rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: &rpc.Presence{State: rpc.Offline, Trouble: rpc.NotProven}},
			want:  node.ErrNotProven,
		},
		"a contact who is deleted": {
			event: rpc.Event{Kind: rpc.ContactDeleted, Contact: 1, Conversation: 1},
			want:  errGone,
		},
	} {
		t.Run(name, func(t *testing.T) {
			api := newFakeAPI(bob)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			go func() {
				<-api.sent
				if tc.event.Kind != "" {
					api.events <- tc.event
				}
				if tc.end != nil {
					tc.end(cancel, api)
				}
			}()
			out, notes, err := talking(ctx, t, api, "hello\n")
			if !errors.Is(err, tc.want) {
				t.Errorf("it ends with %v, want %v", err, tc.want)
			}
			wantLines(t, "standard output", out)
			if tc.want == cli.ErrInterrupted {
				notes = append(notes, strings.TrimPrefix(err.Error(), cli.ErrInterrupted.Error()+": "))
			}
			if len(notes) == 0 || notes[len(notes)-1] != keptNote(1) {
				t.Errorf("the last note of %q is not that something waits", notes)
			}
		})
	}
}

// TestTalk tells what becomes of messages, and of the contact.
func TestTalk(t *testing.T) {
	friend := rpc.Contact{ID: 2, Peer: "12D3KooWCarol", Name: "Ca\x1brol", State: rpc.AcceptedContact, Conversation: 2}
	api := newFakeAPI(bob, friend)
	presence := func(state rpc.PresenceState, trouble rpc.Trouble) rpc.Event {
		return rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: &rpc.Presence{State: state, Trouble: trouble}}
	}
	hour := rpc.Seconds(3600)
	go func() {
		first, second := <-api.sent, <-api.sent
		theirs := api.add(1, 1, "hi\x07", "")
		for _, e := range []rpc.Event{
			presence(rpc.Offline, rpc.NotThere), presence(rpc.Offline, rpc.NotThere),
			presence(rpc.Offline, rpc.TurnedAway), presence(rpc.Online, ""), presence(rpc.Online, ""),
			{Kind: rpc.MessageReceived, Contact: 2, Conversation: 2, Message: 99},
			{Kind: rpc.MessageReceived, Contact: 2, Conversation: 2, Message: 100},
			{Kind: rpc.RequestReceived, Contact: 99}, // gone again
			{Kind: rpc.MessageReceived, Contact: 1, Conversation: 1, Message: theirs.Number},
			{Kind: rpc.MessageReceived, Contact: 1, Conversation: 1, Message: 999}, // disappeared
			{Kind: rpc.TimerChanged, Conversation: 1, Timer: &hour},
			{Kind: rpc.SetBack, Contact: 1, Conversation: 1},
			presence(rpc.Offline, ""),
			{Kind: rpc.DeliveryChanged, Contact: 1, Conversation: 1, Message: first.Number, Delivery: rpc.SentMessage},
			{Kind: rpc.DeliveryChanged, Contact: 1, Conversation: 1, Message: first.Number, Delivery: "expired"},
			{Kind: rpc.DeliveryChanged, Contact: 1, Conversation: 1, Message: second.Number, Delivery: rpc.DeliveredMessage},
			{Kind: rpc.DeliveryChanged, Contact: 1, Conversation: 1, Message: second.Number, Delivery: rpc.ReadMessage},
		} {
			api.events <- e
		}
	}()
	out, notes, err := talking(t.Context(), t, api, "one\n \ntwo\n")
	if err != nil {
		t.Error(err)
	}
	if len(out) == 3 && strings.HasPrefix(out[2], "you: two  ✓ delivered in ") {
		out[2] = "you: two"
	}
	wantLines(t, "standard output", out, "them: hi␇", "you: one  ✗ expired", "you: two")
	notes = slices.DeleteFunc(notes, func(s string) bool { return strings.HasPrefix(s, "waiting until all") })
	wantLines(
		t, "standard error", notes,
		"cannot connect: the other side is not online, or only just; trying again until it works",
		"cannot connect: the other side is there and does not take the call; trying again until it works",
		"connected with Bob, 12D3KooWBob",
		"Ca␛rol, 12D3KooWCarol has written, too; it waits until you chat with them",
		"messages disappear after 1h0m0s from now on",
		wording.SetBack("the other side"),
		"disconnected; what you type waits for the next connection",
	)
}

// TestRefusedLines counts what could not be sent.
func TestRefusedLines(t *testing.T) {
	api := newFakeAPI(bob)
	api.refuse = fmt.Errorf("%w: too much waits for this contact", rpc.ErrLimit)
	out, notes, err := talking(t.Context(), t, api, "one\ntwo\n")
	if err == nil || err.Error() != "lines not sent: 2" {
		t.Errorf("it ends with %v", err)
	}
	wantLines(t, "standard output", out)
	wantLines(
		t, "standard error", notes,
		"not sent: limit reached: too much waits for this contact", "not sent: limit reached: too much waits for this contact",
	)
}

// TestFirst lets somebody come, of those who could.
func TestFirst(t *testing.T) {
	old := rpc.Contact{ID: 2, Peer: "12D3KooWOld", State: rpc.AskingContact, Changed: rpc.TimeOf(noon)}
	older := rpc.Contact{ID: 3, Peer: "12D3KooWOlder", State: rpc.AskingContact, Changed: rpc.TimeOf(noon.Add(-time.Hour)), Introduction: "We\nmet."}
	blocked := rpc.Contact{ID: 4, Peer: "12D3KooWBad", State: "blocked", Conversation: 4}
	online := &rpc.Presence{State: rpc.Online}
	for name, tc := range map[string]struct {
		contacts []rpc.Contact
		before   func(*fakeAPI)
		event    rpc.Event
		want     ledger.ContactID
		notes    string
	}{
		"who has asked first": {
			contacts: []rpc.Contact{bob, old, older, blocked}, want: 3,
			notes: "12D3KooWOlder asks to become a contact, and is accepted\nthey introduce themselves: We\n  met.\n",
		},
		"a contact who has written": {
			contacts: []rpc.Contact{old, bob}, want: 1,
			before: func(f *fakeAPI) { f.add(1, 1, "hello", "") },
		},
		"a contact who is there": {
			contacts: []rpc.Contact{old, bob}, want: 1,
			before: func(f *fakeAPI) { f.presence[1] = *online },
		},
		"a contact who connects": {
			contacts: []rpc.Contact{bob}, want: 1,
			event: rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: online},
		},
		"a contact who writes": {
			contacts: []rpc.Contact{bob}, want: 1,
			event: rpc.Event{Kind: rpc.MessageReceived, Contact: 1, Conversation: 1},
		},
		"nobody who has gone": {
			contacts: []rpc.Contact{bob},
			event:    rpc.Event{Kind: rpc.PresenceChanged, Contact: 1, Presence: &rpc.Presence{State: rpc.Offline}},
		},
		"nobody who was deleted": {
			contacts: []rpc.Contact{bob},
			event:    rpc.Event{Kind: rpc.RequestReceived, Contact: 77},
		},
	} {
		t.Run(name, func(t *testing.T) {
			api := newFakeAPI(tc.contacts...)
			if tc.before != nil {
				tc.before(api)
			}
			feed, stop := listen(t.Context(), api, 0)
			defer stop()
			api.events <- tc.event
			close(api.events)
			var notes strings.Builder
			c, err := awaitFirst(t.Context(), api, feed, &notes)
			if tc.want == 0 && !errors.Is(err, rpc.ErrClosed) || tc.want != 0 && err != nil {
				t.Errorf("error %v", err)
			}
			if err == nil && (c.ID != tc.want || c.State != rpc.AcceptedContact || c.Conversation == 0) {
				t.Errorf("the first is %+v, want %d", c, tc.want)
			}
			if notes.String() != tc.notes {
				t.Errorf("told as %q, want %q", notes.String(), tc.notes)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := awaitFirst(ctx, newFakeAPI(), nil, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("an interruption ends it with %v", err)
	}
}
