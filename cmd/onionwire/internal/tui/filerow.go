package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/rpc"
)

// fileBody is a file in a timeline, as rows that are not painted.
func (m *Model) fileBody(f *model.File, w int) []string {
	inside := max(w-indent-1, 1)
	rows := []string{safe.Spaces(indent) + safe.Cut(m.method, "▤ "+f.Label+", "+wording.Bytes(f.Size), inside)}
	for _, row := range safe.Wrap(m.method, m.fileState(f, inside-2), inside-2, false) {
		rows = append(rows, safe.Spaces(indent+2)+row.Text)
	}
	return rows
}

// fileState says what becomes of a file.
func (m *Model) fileState(f *model.File, w int) string {
	switch f.State {
	case rpc.OfferedFile:
		if f.Incoming {
			return fmt.Sprintf("offered; %s selects it, %s accepts it, %s declines it",
				m.keys.Key(keys.Select), m.keys.Key(keys.SaveFile), m.keys.Key(keys.CancelMessage))
		}
		return "offered; they have not answered"
	case rpc.MovingFile:
		return m.fileProgress(f, w)
	case rpc.PausedFile:
		return fmt.Sprintf("paused at %d%%; %s selects it, %s goes on", percentOf(f.Done, f.Size), m.keys.Key(keys.Select), m.keys.Key(keys.RetryMessage))
	case rpc.ArrivedFile:
		if f.Incoming {
			return "saved as " + safe.Line(f.Path)
		}
		return "arrived"
	case rpc.DeclinedFile:
		return "declined"
	case rpc.WithdrawnFile:
		return "called off"
	case rpc.BrokenFile:
		return "failed: " + safe.Line(f.Why)
	}
	return string(f.State)
}

func (m *Model) fileProgress(f *model.File, w int) string {
	done := percentOf(f.Done, f.Size)
	text := fmt.Sprintf("%s %3d%%", bar(done, max(min(w-40, 30), 8)), done)
	p, moves := f.Progress(m.now())
	switch {
	case f.Why != "":
		return text + " waits: " + safe.Line(f.Why)
	case !moves:
		return text + " " + m.standstill(&f.File)
	}
	text += " " + wording.Bytes(p.Rate) + "/s"
	if p.Left >= 0 {
		text += ", " + wording.Span(time.Duration(p.Left)) + " left"
	}
	return text
}

// standstill says what a file waits for that is to move and does not.
func (m *Model) standstill(f *rpc.File) string {
	switch {
	case m.state.Presence(f.Contact, m.now()).State != rpc.Online:
		return "waits for a connection"
	case f.Incoming:
		return "asking the sender"
	}
	return "waits until they fetch it"
}

// paintFile paints the rows of a file.
func (m *Model) paintFile(f *model.File, body []string) []string {
	style := m.theme.Dim
	switch {
	case f.State == rpc.BrokenFile:
		style = m.theme.Bad
	case f.State == rpc.OfferedFile && f.Incoming:
		style = m.theme.Warning
	case f.State == rpc.ArrivedFile:
		style = m.theme.Good
	}
	for i, row := range body {
		if i == 0 {
			body[i] = m.theme.Accent.Paint(row)
			continue
		}
		body[i] = style.Paint(row)
	}
	return body
}

// percentOf is done of size, 100 only if it is all.
func percentOf(done, size int64) int {
	if size <= 0 {
		return 0
	}
	return int(min(max(done, 0), size) * 100 / size)
}

// bar is a bar of w cells.
func bar(percent, w int) string {
	n := min(max(percent, 0), 100) * w / 100
	return strings.Repeat("█", n) + strings.Repeat("░", w-n)
}
