package main

import (
	"time"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node/e2ee"
)

const savedLimit = 8 << 10 // bytes

// measureSaved measures the largest form in which a session without skipped keys is
// saved: it has keys of its own and of the peer's.
func measureSaved(int) ([]report.Figure, error) {
	initiator, responder, err := newSessions()
	if err != nil {
		return nil, err
	}
	cell, err := initiator.Seal(nil)
	if err != nil {
		return nil, err
	}
	if _, err := responder.Open(cell, time.Time{}); err != nil {
		return nil, err
	}
	if _, err := responder.Seal(nil); err != nil {
		return nil, err
	}
	key, err := e2ee.NewStateKey(make([]byte, e2ee.StateKeySize))
	if err != nil {
		return nil, err
	}
	saved, err := responder.Save(key, nil)
	if err != nil {
		return nil, err
	}
	return []report.Figure{counted("saved session without skipped keys", float64(len(saved)), " bytes", savedLimit)}, nil
}
