package rpc

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errLine means that a line is longer than its bound.
var errLine = errors.New("the line is too long")

// lines reads lines. What it keeps grows with what has come, not with the bound.
type lines struct {
	from *bufio.Reader
	most int
}

func newLines(from io.Reader, most int) *lines {
	return &lines{from: bufio.NewReader(from), most: most}
}

// next returns a line without its end, which belongs to the caller. It fails with
// errLine, with io.EOF at the end, or with io.ErrUnexpectedEOF in a line.
func (l *lines) next() ([]byte, error) {
	var line []byte
	for {
		part, err := l.from.ReadSlice('\n')
		if len(line)+len(bytes.TrimSuffix(part, []byte("\n"))) > l.most {
			return nil, errLine
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, io.ErrUnexpectedEOF
		default:
			return nil, err
		}
	}
}
