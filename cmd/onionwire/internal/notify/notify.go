// Package notify tells somebody who looks elsewhere that something came: with a
// notification of the desktop, or with the bell of the terminal.
//
// [About] says what is shown, which is neither name nor text unless that was asked for:
// notifications are seen by whoever sees the screen, and desktops keep them. [Desktop]
// shows it, [Pace] sees to it that a contact who writes much does not ring much.
package notify

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnavailable means that there is no desktop here that shows notifications.
var ErrUnavailable = errors.New("no desktop to notify")

// Bell is what a terminal rings at.
const Bell = "\a"

// News is what came since the last notification.
type News struct {
	// Messages and Requests are how many.
	Messages, Requests int
	// From and Text are of the latest message. Both have to be harmless: what a peer
	// has written went through package safe.
	From, Text string
}

// Notice is what is shown.
type Notice struct{ Title, Body string }

// maxText is how many characters of a message a notification has at most.
const maxText = 200

// About says what is shown about news, with name and text only if they are wanted.
func About(n News, withText bool) Notice {
	notice := Notice{Title: "Onionwire", Body: counted(n)}
	if withText && n.Messages > 0 && n.From != "" {
		notice.Title = n.From
		if n.Messages == 1 {
			notice.Body = cut(n.Text)
		}
	}
	return notice
}

func counted(n News) string {
	switch {
	case n.Messages == 1:
		return "New message"
	case n.Messages > 1:
		return fmt.Sprintf("%d new messages", n.Messages)
	case n.Requests > 1:
		return fmt.Sprintf("%d people ask to become contacts", n.Requests)
	default:
		return "Somebody asks to become a contact"
	}
}

func cut(text string) string {
	if letters := []rune(text); len(letters) > maxText {
		return string(letters[:maxText-1]) + "…"
	}
	return text
}

// apart is how long one notification is from the next at least.
const apart = 3 * time.Second

// Pace keeps notifications apart. The zero Pace lets the first one through. It is not
// safe for concurrent use.
type Pace struct{ last time.Time }

// Allow reports whether a notification may be shown at a time, and takes it for shown.
func (p *Pace) Allow(now time.Time) bool {
	if !p.last.IsZero() && now.Sub(p.last) < apart && !now.Before(p.last) {
		return false
	}
	p.last = now
	return true
}
