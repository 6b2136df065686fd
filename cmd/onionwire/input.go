package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/onionwire/onionwire/node/wire"
)

// inputLine is a line to send, or why it cannot be.
type inputLine struct {
	text string
	err  error
}

// maxTyped is the longest line in bytes that a terminal gives in full. The system
// drops what is typed or pasted beyond it without a word (termios(3), canonical
// mode).
const maxTyped = 4094

// errTyped refuses a line that may have been cut.
var errTyped = fmt.Errorf("a line on a terminal has at most %d bytes; send more from a file, with < FILE", maxTyped)

// readLines reads lines until in or ctx ends; typed is whether they come from a
// terminal. Of those that are too long to be sent it keeps nothing.
func readLines(ctx context.Context, in io.Reader, typed bool, lines chan<- inputLine) {
	defer close(lines)
	r := bufio.NewReaderSize(in, wire.MaxText+len("\r\n"))
	for {
		text, more, err := r.ReadLine()
		if err != nil {
			return
		}
		line := inputLine{text: string(text)}
		if more || len(text) > wire.MaxText {
			line = inputLine{err: wire.ErrTextTooLong}
		} else if typed && len(text) > maxTyped {
			line = inputLine{err: errTyped}
		}
		for more && err == nil {
			_, more, err = r.ReadLine()
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
	}
}
