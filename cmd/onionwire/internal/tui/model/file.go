package model

import (
	"slices"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// progressLasts is how long a rate is shown after the node has told it.
const progressLasts = 10 * time.Second

// File is a file, and how its transfer goes on.
type File struct {
	rpc.File
	// Label is its name, harmless, on one line.
	Label string

	progress rpc.Progress
	told     time.Time
}

// Progress is how the transfer goes on, if it moves now.
func (f *File) Progress(now time.Time) (rpc.Progress, bool) {
	return f.progress, f.State == rpc.MovingFile && !f.told.IsZero() && now.Sub(f.told) <= progressLasts
}

// File returns a file that is loaded, or nil.
func (s *State) File(n ledger.FileNumber) *File { return s.files[n] }

// setFile takes a file, and puts it in the timeline of its conversation.
func (s *State) setFile(f rpc.File) {
	own := s.files[f.Number]
	if own == nil {
		own = &File{}
		s.files[f.Number] = own
	}
	own.File, own.Label = f, safe.Line(f.Name)
	c := s.byID[f.Conversation]
	if c == nil || c.Timeline == nil {
		return
	}
	t := c.Timeline
	if i, there := slices.BinarySearchFunc(t.files, own, byNumber); !there {
		t.files = slices.Insert(t.files, i, own)
		t.items = nil
	}
}

// Files have numbers in the order in which they were offered.
func byNumber(a, b *File) int { return int(a.Number - b.Number) }

func (s *State) progress(e rpc.Event, now time.Time) {
	if f := s.files[e.File]; f != nil && e.Progress != nil {
		f.progress, f.told, f.Done = *e.Progress, now, e.Progress.Done
	}
}

func (s *State) takeFiles(r GetFiles, a Answer) []Request {
	_, t := s.windowOf(r.Conversation, r.Window)
	if t == nil || a.Err != nil {
		return nil
	}
	for _, f := range a.Files {
		s.setFile(f)
	}
	t.filesTop = len(a.Files) == 0 || len(t.files) >= maxFiles
	return s.filesFor(t)
}

// filesFor loads older files until they reach back as far as the messages of the window.
func (s *State) filesFor(t *Timeline) []Request {
	if t.filesTop || len(t.files) == 0 || len(t.messages) == 0 || t.up {
		return nil
	}
	oldest := t.files[0]
	if oldest.Added.Before(t.messages[0].Stored.Time) {
		return nil
	}
	return []Request{GetFiles{t.conversation, oldest.Number, t.window}}
}
