package engine_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
)

// words are what is said.
func (m *model) words() map[string]func(*rapid.T, *person, *person) {
	own := func(t *rapid.T, p, other *person) (ledger.Message, bool) {
		rows, err := p.disk.Messages(p.conversation(other).ID, 0, 10)
		p.must(err)
		rows = slices.DeleteFunc(rows, func(m ledger.Message) bool { return m.Sender != 0 })
		if len(rows) == 0 {
			return ledger.Message{}, false
		}
		return rapid.SampledFrom(rows).Draw(t, "message"), true
	}
	send := func(t *rapid.T, p, other *person) {
		for range rapid.SampledFrom([]int{1, 1, 1, 3, 40}).Draw(t, "count") {
			if p.engine == nil {
				return
			}
			expiry := rapid.SampledFrom([]time.Duration{0, 0, 0, -1, time.Second, time.Minute, time.Hour}).Draw(t, "expiry")
			_, err := p.try(other, m.text(p), engine.SendOptions{Expiry: expiry})
			m.may(err)
		}
	}
	return map[string]func(*rapid.T, *person, *person){
		"send": send, "send more": send, "send again": send, "send on": send,
		"cancel": func(t *rapid.T, p, other *person) {
			if row, ok := own(t, p, other); ok {
				m.may(p.engine.Cancel(p.now(), row.Number), engine.ErrSent)
			}
		},
		"edit": func(t *rapid.T, p, other *person) {
			if row, ok := own(t, p, other); ok {
				m.may(p.engine.Edit(p.now(), row, m.text(p)), engine.ErrSent)
			}
		},
		"retry": func(t *rapid.T, p, other *person) {
			if row, ok := own(t, p, other); ok {
				deliveries, err := p.disk.Deliveries(row.Number)
				p.must(err)
				m.may(p.engine.Retry(p.now(), row, deliveries), engine.ErrSent)
			}
		},
		"mute": func(t *rapid.T, p, other *person) {
			m.may(p.engine.SetMuted(p.now(), p.conversation(other).ID, rapid.Bool().Draw(t, "muted")))
		},
		"delete message": func(t *rapid.T, p, other *person) {
			if row, ok := own(t, p, other); ok {
				m.may(p.engine.DeleteMessage(p.now(), row))
			}
		},
		"read":   func(_ *rapid.T, p, other *person) { m.may(p.markRead(other)) },
		"typing": func(_ *rapid.T, p, other *person) { m.may(p.engine.Typing(p.now(), p.conversation(other).ID)) },
		"timer": func(t *rapid.T, p, other *person) {
			d := time.Duration(rapid.IntRange(0, 3).Draw(t, "minutes")) * time.Minute
			m.may(p.engine.SetTimer(p.now(), p.conversation(other).ID, d))
		},
		"disappear": func(_ *rapid.T, p, _ *person) {
			due, err := p.disk.Expired(p.now(), 100)
			p.must(err)
			m.may(p.engine.Expire(p.now(), due))
		},
	}
}

// agreements are about who is whose contact.
func (m *model) agreements() map[string]func(*rapid.T, *person, *person) {
	return map[string]func(*rapid.T, *person, *person){
		"add": func(_ *rapid.T, p, other *person) {
			_, err := p.engine.AddContact(p.now(), other.link())
			m.may(err, engine.ErrExists)
		},
		"invite": func(_ *rapid.T, p, other *person) {
			if other.engine == nil {
				return
			}
			invite, err := other.engine.NewInvite(other.now(), "", time.Time{})
			m.may(err, engine.ErrQueueFull)
			link := other.link()
			link.Invite = invite.Token[:]
			other.flush()
			_, err = p.engine.AddContact(p.now(), link)
			m.may(err, engine.ErrExists)
		},
		"ask again": func(_ *rapid.T, p, other *person) {
			m.may(p.engine.AskAgain(p.now(), p.contact(other).ID), engine.ErrExists)
		},
		"accept": func(_ *rapid.T, p, other *person) { m.may(p.engine.AcceptContact(p.now(), p.contact(other).ID)) },
		"reject": func(_ *rapid.T, p, other *person) { m.may(p.engine.RejectContact(p.now(), p.contact(other).ID)) },
		"block": func(t *rapid.T, p, other *person) {
			if rarely(t) {
				m.may(p.engine.BlockContact(p.now(), p.contact(other).ID))
			}
		},
		"unblock": func(_ *rapid.T, p, other *person) {
			m.may(p.engine.UnblockContact(p.now(), p.contact(other).ID))
		},
		"delete": func(t *rapid.T, p, other *person) {
			if !rarely(t) {
				return
			}
			m.may(p.engine.DeleteContact(p.now(), p.contact(other).ID, rapid.Bool().Draw(t, "history")))
		},
		"rename": func(t *rapid.T, p, _ *person) {
			p.settings.Name = fmt.Sprint(p.name, rapid.IntRange(0, 9).Draw(t, "number"))
			m.may(p.engine.SetSettings(p.now(), p.settings))
		},
		"update": func(t *rapid.T, p, other *person) {
			yes := rapid.Bool().Draw(t, "yes")
			m.may(p.engine.UpdateContact(p.now(), p.contact(other).ID, engine.ContactUpdate{
				KeepConnected: &yes, Verified: &yes, Silent: &yes,
			}))
		},
		"move":   func(_ *rapid.T, p, _ *person) { p.move() },
		"retire": func(_ *rapid.T, p, _ *person) { p.retire() },
	}
}

// files are about files.
func (m *model) files() map[string]func(*rapid.T, *person, *person) {
	return map[string]func(*rapid.T, *person, *person){
		"offer": func(_ *rapid.T, p, other *person) {
			_, err := p.engine.OfferFile(p.now(), p.conversation(other).ID, engine.NewFile{Path: "/x", Name: "x", Size: 1})
			m.may(err, engine.ErrQueueFull)
		},
		"file": func(t *rapid.T, p, _ *person) {
			all, err := p.disk.Files()
			p.must(err)
			if len(all) == 0 {
				return
			}
			f := rapid.SampledFrom(all).Draw(t, "file")
			do := rapid.SampledFrom([]func() error{
				func() error { return p.engine.AcceptFile(p.now(), f.Number, "/y", "/z") },
				func() error { return p.engine.DeclineFile(p.now(), f.Number) },
				func() error { return p.engine.WithdrawFile(p.now(), f.Number) },
				func() error { return p.engine.PauseFile(p.now(), f.Number) },
				func() error { return p.engine.ResumeFile(p.now(), f.Number) },
				func() error { p.engine.FileWritten(f.Number, 1); return nil },
				func() error {
					if !f.Incoming {
						return nil
					}
					return p.engine.FileArrived(p.now(), f.Number, "/y")
				},
				func() error { return p.engine.FileBroken(p.now(), f.Number, "it is") },
			}).Draw(t, "what")
			m.may(do(), engine.ErrState)
		},
	}
}

// accidents are what goes wrong.
func (m *model) accidents() map[string]func(*rapid.T, *person, *person) {
	return map[string]func(*rapid.T, *person, *person){
		"cut": func(t *rapid.T, _, _ *person) {
			if len(m.cables) > 0 {
				rapid.SampledFrom(m.cables).Draw(t, "cable").cut()
			}
		},
		"arm": func(t *rapid.T, p, _ *person) {
			p.crash = crash(rapid.IntRange(0, 3).Draw(t, "when"))
		},
		"die": func(_ *rapid.T, p, _ *person) { p.die() },
		"lose": func(t *rapid.T, p, _ *person) {
			if !rarely(t) {
				return
			}
			p.die()
			p.disk, p.backup, p.settings.Name = memory.New(), nil, p.name
			for _, line := range m.book.lines {
				line.lost = line.lost || line.from == p
			}
		},
		"back up": func(_ *rapid.T, p, _ *person) { p.backup = p.disk.Clone() },
		"set back": func(t *rapid.T, p, _ *person) {
			if p.backup != nil && rarely(t) {
				p.setBack()
			}
		},
		"go": func(t *rapid.T, p, _ *person) {
			p.offline = rapid.Bool().Draw(t, "offline")
			if p.offline {
				for _, c := range slices.Clone(m.cables) {
					if c.ends[0].person == p || c.ends[1].person == p {
						c.cut()
					}
				}
			}
		},
		"clock": func(t *rapid.T, p, _ *person) {
			p.skew = rapid.SampledFrom([]time.Duration{0, -365 * 24 * time.Hour, 24 * time.Hour, time.Second}).Draw(t, "skew")
			p.engine.Tick(p.now()) // whoever waits looks at the clock now and then
		},
		"network": func(t *rapid.T, p, _ *person) {
			m.latency = time.Duration(rapid.IntRange(1, 3000).Draw(t, "latency")) * time.Millisecond
			m.dialTime = time.Duration(rapid.IntRange(1, 10000).Draw(t, "dial")) * time.Millisecond
			p.slow = time.Duration(rapid.IntRange(0, 2000).Draw(t, "slow")) * time.Millisecond
		},
		"repeat": func(t *rapid.T, p, _ *person) {
			for _, c := range m.cables {
				for _, l := range c.ends {
					if l.person == p && l.link != 0 && len(p.seen) > 0 {
						l.send(rapid.SampledFrom(p.seen).Draw(t, "cell"))
						return
					}
				}
			}
		},
	}
}

// rarely lets something that changes much happen not too often.
func rarely(t *rapid.T) bool { return rapid.IntRange(0, 4).Draw(t, "rarely") == 4 }
