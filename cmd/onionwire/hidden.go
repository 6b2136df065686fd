package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

// maxHidden is the longest secret that can be typed, in bytes: 24 words, and more than
// a passphrase can have.
const maxHidden = 4096

// ask asks at the terminal that standard input is, which does not show what is typed,
// not even what was typed too early. The caller clears the answer. If ctx ends first,
// the terminal is as it was before, and the read goes on until the program ends.
func (s secrets) ask(ctx context.Context, what string) ([]byte, error) {
	return s.askLines(ctx, what, nil)
}

// askLines is ask for an answer of several lines, of which unfinished says what is missing
// as long as something is: see readHidden.
func (s secrets) askLines(ctx context.Context, what string, unfinished func([]byte) string) ([]byte, error) {
	terminal := int(s.in.(*os.File).Fd())
	before, err := term.MakeRaw(terminal)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.out, "%s: ", question(what))
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := readHidden(s.in, func(line []byte) bool {
			if unfinished == nil {
				return false
			}
			missing := unfinished(line)
			if missing != "" {
				fmt.Fprintf(s.out, "\r\n%s: ", missing)
			}
			return missing != ""
		})
		answers <- answer{text, err}
	}()
	var a answer
	select {
	case a = <-answers:
	case <-ctx.Done():
		a.err = context.Cause(ctx)
	}
	err = term.Restore(terminal, before)
	fmt.Fprintln(s.out)
	if a.err != nil {
		err = a.err
	}
	if err != nil {
		clear(a.text)
		return nil, err
	}
	return a.text, nil
}

// What keys send on a terminal in raw mode.
const (
	keyInterrupt = 3  // Ctrl-C
	keyEnd       = 4  // Ctrl-D
	keyBackspace = 8  // Ctrl-H
	keyErase     = 21 // Ctrl-U
	keyDelete    = 127
)

// readHidden reads what is typed on a terminal in raw mode, up to Enter. If more says then
// that more belongs to it, it goes on behind a space, up to an empty line at most: what was
// pasted in lines must not get to the shell.
func readHidden(in io.Reader, more func(line []byte) bool) (line []byte, err error) {
	line = make([]byte, 0, maxHidden)
	defer func() {
		if err != nil {
			clear(line)
		}
	}()
	var b [1]byte
	start := 0 // of the line that is typed
	for {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			if errors.Is(err, io.EOF) { // the terminal is gone
				err = cli.ErrInterrupted
			}
			return line, err
		}
		switch key := b[0]; {
		case key == '\r' || key == '\n':
			if len(line) == start || len(line) == cap(line) || !more(line) {
				return line, nil
			}
			line = append(line, ' ')
			start = len(line)
		case key == keyInterrupt, key == keyEnd && len(line) == 0:
			return line, cli.ErrInterrupted
		case key == keyBackspace || key == keyDelete:
			_, size := utf8.DecodeLastRune(line[start:])
			clear(line[len(line)-size:])
			line = line[:len(line)-size]
		case key == keyErase:
			clear(line[start:])
			line = line[:start]
		case key < ' ':
		case len(line) == cap(line):
			return line, fmt.Errorf("what was typed is longer than %d bytes", cap(line))
		default:
			line = append(line, key)
		}
	}
}
