package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/onionwire/onionwire/node/rpc/token"
)

// pipe is a client's connection that has shown its token.
type pipe struct {
	net  *net.UnixConn
	from *lines

	writing chan struct{} // a semaphore, which can be waited for with a context

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan<- answered
	ended   error // why there is nothing more to wait for
}

// answered is what came of a call.
type answered struct {
	result json.RawMessage
	err    error
}

// incoming is what a server sends: a reply or, with a method, a notification.
type incoming struct {
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type outgoing struct {
	Version string `json:"jsonrpc"`
	ID      int64  `json:"id,omitempty"` // 0 for a notification
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// abandonWithin is how long it may take to tell the server that nobody waits for a
// reply. It takes no time unless the server does not read.
const abandonWithin = time.Second

// open connects and shows the token.
func open(ctx context.Context, path string, secret token.Secret) (*pipe, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, explainDial(err)
	}
	p := &pipe{
		net: nc.(*net.UnixConn), from: newLines(nc, MaxReply+MaxLine),
		writing: make(chan struct{}, 1), waiting: make(map[int64]chan<- answered),
	}
	if _, err := p.ask(ctx, authenticate, authenticateParams{secret.Reveal()}); err != nil {
		_ = nc.Close()
		return nil, err
	}
	return p, nil
}

// ask calls a method on a connection that nobody reads, and on which nothing but the
// reply can come.
func (p *pipe) ask(ctx context.Context, method string, params any) (json.RawMessage, error) {
	defer p.closedBy(ctx)()
	p.last++
	sent := p.send(ctx, outgoing{version, p.last, method, params})
	// A server that turns somebody away says why and does not wait for a request.
	in, err := p.receive(ctx)
	switch {
	case err == nil && in.Error != nil:
		return nil, in.Error
	case sent != nil:
		return nil, sent
	case err != nil:
		return nil, err
	case in.Method != "" || string(in.ID) != strconv.FormatInt(p.last, 10):
		return nil, ErrProtocol
	}
	return in.Result, nil
}

// closedBy has the end of ctx close the connection, until the function that it
// returns was called.
func (p *pipe) closedBy(ctx context.Context) func() {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = p.net.Close()
	})
	return func() {
		if !stop() {
			<-done
		}
	}
}

// receive reads one line. Only one goroutine at a time may do so.
func (p *pipe) receive(ctx context.Context) (incoming, error) {
	line, err := p.from.next()
	if err != nil {
		if ctx.Err() != nil {
			return incoming{}, ctx.Err()
		}
		if errors.Is(err, errLine) {
			err = ErrProtocol
		}
		return incoming{}, fmt.Errorf("%w: %w", ErrLost, err)
	}
	var in incoming
	if json.Unmarshal(line, &in) != nil {
		return incoming{}, ErrProtocol
	}
	return in, nil
}

// send writes a line.
func (p *pipe) send(ctx context.Context, out outgoing) error {
	if v := reflect.ValueOf(out.Params); !v.IsValid() || v.Kind() == reflect.Map && v.IsNil() {
		out.Params = nothing{}
	}
	line, err := encode(out)
	if err != nil {
		return err
	}
	if len(line) > MaxLine+1 {
		return failure(codeParams, "the parameters are too long", "")
	}
	select {
	case p.writing <- struct{}{}:
		defer func() { <-p.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	late := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(late)
		_ = p.net.SetWriteDeadline(time.Unix(1, 0))
	})
	_, err = p.net.Write(line)
	if !stop() {
		<-late
		_ = p.net.SetWriteDeadline(time.Time{}) // it has no part in the next one
	}
	if err != nil {
		// Half a line would spoil all that come after. What the server has said can
		// still be read.
		_ = p.net.CloseWrite()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	return nil
}

// call calls a method on a connection that read reads.
func (p *pipe) call(ctx context.Context, method string, params any) (json.RawMessage, error) {
	reply := make(chan answered, 1)
	p.mu.Lock()
	if p.ended != nil {
		p.mu.Unlock()
		return nil, p.ended
	}
	p.last++
	id := p.last
	p.waiting[id] = reply
	p.mu.Unlock()
	if err := p.send(ctx, outgoing{version, id, method, params}); err != nil {
		p.forget(id)
		return nil, err
	}
	select {
	case a := <-reply:
		return a.result, a.err
	case <-ctx.Done():
		p.forget(id)
		p.abandon(ctx, id)
		return nil, ctx.Err()
	}
}

func (p *pipe) forget(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, id)
}

// abandon has the server end a request, so that those that nobody waits for do not take
// the place of others.
func (p *pipe) abandon(ctx context.Context, id int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonWithin)
	defer cancel()
	params := abandonParams{RequestID(strconv.FormatInt(id, 10))}
	_ = p.send(ctx, outgoing{Version: version, Method: abandon, Params: params}) // or the connection is lost
}

// read gives replies to the calls that wait for them, until the connection ends.
func (p *pipe) read() {
	for {
		in, err := p.receive(context.Background())
		if err == nil && in.Method == "" && string(in.ID) == "null" && in.Error != nil {
			err = in.Error // the server says what it cannot read
		}
		if err != nil {
			p.close(err)
			return
		}
		id, err := strconv.ParseInt(string(in.ID), 10, 64)
		if err != nil {
			continue // a notification
		}
		p.mu.Lock()
		reply := p.waiting[id]
		delete(p.waiting, id)
		p.mu.Unlock()
		if reply == nil {
			continue // nobody waits any more
		}
		a := answered{result: in.Result}
		if in.Error != nil {
			a.err = in.Error
		}
		reply <- a
	}
}

// close ends the connection, and all calls with an error.
func (p *pipe) close(why error) {
	_ = p.net.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended == nil {
		p.ended = why
	}
	for id, reply := range p.waiting {
		reply <- answered{err: p.ended}
		delete(p.waiting, id)
	}
}

func (p *pipe) alive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended == nil
}
