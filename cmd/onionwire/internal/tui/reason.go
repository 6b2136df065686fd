package tui

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

// known are errors that people can do something about, and what.
var known = []struct {
	err  error
	says string
}{
	{contactlink.ErrChecksum, "a character of the link is wrong or missing; copy it once more, whole"},
	{contactlink.ErrNewer, "the link is of a newer version of onionwire; use the same version as your contact"},
	{contactlink.ErrMalformed, "this is no contact link, or one with a wrong character; it begins with onionwire: and is one line"},
	{qr.ErrNoCode, "there is no QR code in this image that can be read; try a sharper or larger one"},
	{qr.ErrImage, "this is no image in PNG, JPEG or GIF"},
	{qr.ErrTooLarge, "this image is too large; make it smaller, or cut the code out of it"},
	{rpc.ErrState, "it is too late for that, or too early"},
	{rpc.ErrNotFound, "it is gone"},
	{rpc.ErrNotRunning, "the node does not answer"},
	{rpc.ErrLost, "the node does not answer"},
	{rpc.ErrClosed, "the node does not answer"},
	{rpc.ErrFull, "the disk is full"},
	{rpc.ErrReadOnly, "the disk cannot be written to"},
	{rpc.ErrForbidden, "the token of this program does not allow it"},
	{rpc.ErrUnreachable, "they do not answer"},
	{context.DeadlineExceeded, "the node takes too long to answer"},
	{rpc.ErrLimit, "there are too many already"},
	{rpc.ErrUnavailable, "Tor is not there"},
	{rpc.ErrPassphrase, "this is not the passphrase"},
	// Behind those of the node, of which some match them as well.
	{fs.ErrNotExist, "there is no such file or folder"},
	{fs.ErrExist, "there is a file of that name already; choose another name"},
	{fs.ErrPermission, "the file or its folder does not allow it"},
}

// reason is an error for people, harmless, in one line.
func reason(err error) string {
	for _, k := range known {
		if errors.Is(err, k.err) {
			return k.says
		}
	}
	return safe.Line(err.Error())
}

// day is a time of the past for people: only as much of it as is needed.
func (m *Model) day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	now := m.now()
	t = t.In(now.Location())
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006")
}
