package notify_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
)

func TestAbout(t *testing.T) {
	for _, test := range []struct {
		news        notify.News
		text        bool
		title, body string
	}{
		{notify.News{Messages: 1, From: "Bob", Text: "secret"}, false, "Onionwire", "New message"},
		{notify.News{Messages: 3, From: "Bob", Text: "secret"}, false, "Onionwire", "3 new messages"},
		{notify.News{Requests: 1}, true, "Onionwire", "Somebody asks to become a contact"},
		{notify.News{Requests: 2}, false, "Onionwire", "2 people ask to become contacts"},
		{notify.News{Messages: 1, From: "Bob", Text: "hello"}, true, "Bob", "hello"},
		{notify.News{Messages: 2, From: "Bob", Text: "hello"}, true, "Bob", "2 new messages"},
		{notify.News{Messages: 1, Text: "hello"}, true, "Onionwire", "New message"},
	} {
		if got := notify.About(test.news, test.text); got != (notify.Notice{Title: test.title, Body: test.body}) {
			t.Errorf("%+v, %t: %+v", test.news, test.text, got)
		}
	}
}

func TestLongTextIsCut(t *testing.T) {
	n := notify.About(notify.News{Messages: 1, From: "Bob", Text: strings.Repeat("ä", 5000)}, true)
	if got := utf8.RuneCountInString(n.Body); got != 200 || !strings.HasSuffix(n.Body, "…") {
		t.Errorf("%d characters", got)
	}
}

func TestPace(t *testing.T) {
	var p notify.Pace
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{
		{0, true},
		{time.Second, false},
		{time.Second, false},
		{time.Second, true},
		{time.Hour, true},
		{-30 * time.Minute, true}, // a clock that was set
		{time.Second, false},
	} {
		now = now.Add(step.after)
		if got := p.Allow(now); got != step.want {
			t.Errorf("at %v: %t", now, got)
		}
	}
}
