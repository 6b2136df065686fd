package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// answer does what requests of one line ask for, one after the other, and writes the
// replies in one line, if there are any.
func (c *conn) answer(ctx context.Context, requests []request, batch bool) {
	work := &call{conn: c, grant: c.grant}
	var replies [][]byte
	size := 0
	for _, r := range requests {
		line := c.answerOne(ctx, work, r, MaxReply-size)
		if line != nil {
			replies = append(replies, line)
			size += len(line)
		}
	}
	if len(replies) != 0 {
		line := bytes.Join(replies, []byte(","))
		if batch {
			line = append(append([]byte("["), line...), ']')
		}
		c.write(append(line, '\n'))
	}
	for _, f := range work.then {
		f()
	}
}

// answerOne returns the reply to a request, without the end of its line, or nil for
// a notification. If it is longer than room, it says so instead.
func (c *conn) answerOne(ctx context.Context, work *call, r request, room int) []byte {
	result, err := c.perform(ctx, work, r)
	if r.id == nil {
		return nil
	}
	out := reply{Version: version, ID: r.id}
	if err == nil {
		out.Result, err = encode(result)
	}
	if err == nil && len(out.Result) > room {
		err = ErrTooLarge
	}
	if err != nil {
		e, known := explain(err)
		if !known {
			c.log.Error("request failed", "method", r.method, "err", redact.Path(err))
		}
		out.Result, out.Error = nil, e
	}
	line, err := encode(out)
	if err != nil {
		c.log.Error("reply cannot be written", "method", r.method, "err", err)
		return nil
	}
	return bytes.TrimSuffix(line, []byte("\n"))
}

// perform does what a request asks for.
func (c *conn) perform(ctx context.Context, work *call, r request) (any, error) {
	if r.wrong != nil {
		return nil, r.wrong
	}
	m, ok := methods[r.method]
	if !ok {
		return nil, failure(codeMethod, "there is no such method", "")
	}
	if work.grant.Ended(time.Now()) { // the clock may have been set
		c.cancel()
		return nil, ErrToken
	}
	if err := work.authorise(m); err != nil {
		return nil, err
	}
	if ctx.Err() != nil { // nobody waits any more
		return nil, ErrCancelled
	}
	return m.run(ctx, work, r.params)
}

// fail writes an error as the reply to a request, or to what is none that could be
// read, whose id is null.
func (c *conn) fail(id json.RawMessage, e *Error) {
	line, err := encode(reply{Version: version, ID: id, Error: e})
	if err != nil {
		return
	}
	c.write(line)
}
