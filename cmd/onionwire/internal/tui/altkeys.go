package tui

import (
	"fmt"
	"io"
	"os"
)

// Input is what the interface is to read in place of a terminal. There a letter with Alt
// is Esc and the letter, of which bubbletea waits for a twentieth of a second whether
// they are the beginning of something longer. What has come at once and alone is the
// whole key, and is read as terminals write it that tell keys apart ("CSI u").
func Input(r io.Reader) io.Reader {
	if f, is := r.(*os.File); is {
		return altKeys{f}
	}
	return r
}

// altKeys reads a terminal. bubbletea has to see that it is one: hence the file.
type altKeys struct{ *os.File }

// Read is described at io.Reader.
func (a altKeys) Read(b []byte) (int, error) {
	n, err := a.File.Read(b)
	if n == 2 && b[0] == '\x1b' && withAlt(b[1]) {
		if key := fmt.Sprintf("\x1b[%d;3u", b[1]); len(key) <= len(b) {
			n = copy(b, key)
		}
	}
	return n, err
}

// withAlt reports whether a byte is a key of its own behind Esc. Others than small letters
// and digits can begin a sequence, or are written in another way with Shift.
func withAlt(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '\r' || b == '\x7f'
}
