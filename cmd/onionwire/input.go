package main

import (
	"bufio"
	"context"
	"io"

	"github.com/onionwire/onionwire/node/wire"
)

// inputLine is a line to send, or why it cannot be.
type inputLine struct {
	text string
	err  error
}

// readLines reads lines until in or ctx ends. Of those that are too long to be
// sent it keeps nothing.
func readLines(ctx context.Context, in io.Reader, lines chan<- inputLine) {
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
