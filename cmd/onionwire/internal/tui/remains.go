package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"
)

// remains does what the user has done that is not done yet: it sends what was to be sent,
// and keeps what was written, and what could not be sent, as drafts, and what is open.
// Nothing else happens to the interface any more.
func (m *Model) remains(ctx context.Context) {
	m.savePlaces()
	m.closeFrom(0)
	rest := m.acts.rest()
	take := func(msg tea.Msg) {
		switch msg.(type) {
		case sentMsg, offeredMsg, draftMsg, keptMsg, reclaimedMsg: // those that are about texts
			m.result(msg)
		}
	}
	select {
	case m.acts.running <- struct{}{}: // what is under way comes first
		for _, msg := range m.acts.untold {
			take(msg)
		}
		defer func() { <-m.acts.running }()
	case <-ctx.Done():
	}
	for _, j := range rest {
		within(ctx, func(ctx context.Context) { take(j.do(ctx)) })
	}
	sheet, kept := m.rescue(), true
	for _, r := range m.rooms {
		within(ctx, func(ctx context.Context) { kept = m.keep(ctx, r) == nil && kept })
	}
	switch {
	case sheet != nil && kept:
		sheet.remove()
	case sheet != nil:
		sheet.leave()
	}
}

// keep makes what was written the draft of a conversation, after one that was not read yet.
func (m *Model) keep(ctx context.Context, r *room) error {
	text := r.unsent()
	if text != r.draft {
		kept, err := putDraft(ctx, m.api, r.id, r.draft, text)
		if err != nil {
			return err
		}
		r.draft = kept
	}
	m.settled(r)
	return nil
}

func within(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, callLasts)
	defer cancel()
	do(ctx)
}
