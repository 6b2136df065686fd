package wording

import (
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// triedLately is how old a try to connect may be that says something of now.
const triedLately = time.Hour

// Presence says whether somebody is there, neither better nor worse than it is known: who is
// not connected may be there all the same, and is not reachable only if a try has failed.
func Presence(p rpc.Presence, now time.Time) string {
	ago := func(t rpc.Time) string { return Span(now.Sub(t.Time)) + " ago" }
	switch p.State {
	case rpc.Online:
		return "online"
	case rpc.Silent:
		return "heard " + ago(p.Heard)
	case rpc.Connecting:
		return "connecting" + because(p.Trouble)
	case rpc.Offline:
	default:
		return string(p.State)
	}
	text := "not connected"
	switch {
	case p.Trouble == "":
	case p.Next.IsZero() && now.Sub(p.Tried.Time) > triedLately && because(p.Trouble) == "":
		text += ", not reachable " + ago(p.Tried)
	default:
		text = "not reachable" + because(p.Trouble)
		if !p.Tried.IsZero() {
			text += ", tried " + ago(p.Tried)
		}
		switch wait := p.Next.Sub(now); {
		case p.Next.IsZero():
		case wait < time.Second:
			text += ", next try soon"
		default:
			text += ", next try in " + Span(wait)
		}
	}
	if !p.Heard.IsZero() {
		text += ", heard " + ago(p.Heard)
	}
	return text
}

// because says why somebody could not be connected to, if there is more to be said than that.
func because(t rpc.Trouble) string {
	switch t {
	case rpc.TurnedAway:
		return ": does not take the call"
	case rpc.AnotherVersion:
		return ": runs another version"
	case rpc.AnotherPeer:
		return ": SOMEBODY ELSE answers at this address"
	case rpc.NotProven:
		return ": could not prove who they are"
	case rpc.KeyNeeded:
		return ": the address needs a key"
	}
	return ""
}
