package tor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/cretz/bine/control"
)

// requestTimeout bounds one command on the control port. Tor answers within
// milliseconds; a control port that is silent for longer is broken.
const requestTimeout = 15 * time.Second

var (
	// ErrControl means that the connection to the control port is lost, or
	// was given up because the other side broke the protocol.
	ErrControl = errors.New("tor control connection lost")
	// ErrRefused means that tor, or a filter in front of it, refused a command.
	ErrRefused = errors.New("tor refused the command")
)

// RefusedError is a command that the control port answered with a status other
// than success. It matches ErrRefused.
type RefusedError struct {
	// Command is the first word of the command; the rest may be secret.
	Command string
	// Code is the status of control-spec section 4, such as 552.
	Code int
	// Text is tor's explanation, with onion addresses shortened and what may be
	// a secret left out.
	Text string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%v: %s: %d %s", ErrRefused, e.Command, e.Code, e.Text)
}

// Is makes every RefusedError match ErrRefused.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// reply is a successful answer: its lines without status codes, the last line
// included.
type reply []string

// controlConn is one connection to a control port. bine parses what arrives;
// its request and event functions are not used, because they can wait for ever
// or deadlock under many events. Instead one goroutine reads for as long as the
// connection lives, hands events to onEvent and answers to the one request
// that may be under way, and every request has a deadline.
//
// request may be called concurrently.
type controlConn struct {
	conn    net.Conn
	limit   *replyLimit
	parser  *control.Conn
	onEvent func(line string) // called from the reader; must not block

	turn chan struct{} // holds a token while no request is under way

	mu      sync.Mutex
	waiting *waiting // whose answer comes next

	closeOnce sync.Once
	closed    chan struct{} // closed by fail
	done      chan struct{} // closed when the reader has ended
	err       error         // set before closed is closed
}

// waiting is a request that was sent. Its answer is awaited even if the one who
// asked has left: answers carry no number, so the next could not be told from
// one that is late.
type waiting struct {
	answer  chan *control.Response // takes one without blocking
	timeout *patience
}

func newControlConn(conn net.Conn, onEvent func(line string)) *controlConn {
	limit := newReplyLimit(conn)
	c := &controlConn{
		conn:    conn,
		limit:   limit,
		parser:  control.NewConn(textproto.NewConn(readWriteCloser{limit, conn})),
		onEvent: onEvent,
		turn:    make(chan struct{}, 1),
		closed:  make(chan struct{}),
		done:    make(chan struct{}),
	}
	c.turn <- struct{}{}
	go c.read()
	return c
}

// request sends one line and waits for its answer. Errors match ErrRefused,
// ErrControl, or the context's, which ends the wait but not the request. An
// answer that does not come within requestTimeout ends the connection.
func (c *controlConn) request(ctx context.Context, line string) (reply, error) {
	command, _, _ := strings.Cut(line, " ")
	if strings.ContainsAny(line, "\r\n") {
		return nil, fmt.Errorf("malformed %s command: line break in an argument", command)
	}
	select {
	case <-c.turn: // given back with the answer
	case <-c.closed:
		return nil, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w := &waiting{answer: make(chan *control.Response, 1)}
	w.timeout = newPatience(requestTimeout, func() {
		c.fail(fmt.Errorf("no answer to %s within %s", command, requestTimeout))
	})
	c.mu.Lock()
	c.waiting = w
	c.mu.Unlock()
	if _, err := io.WriteString(c.conn, line+"\r\n"); err != nil {
		c.fail(fmt.Errorf("sending %s: %w", command, err))
		w.timeout.stop()
	}
	select {
	case resp := <-w.answer:
		return answer(command, resp)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-c.closed:
	}
	// Tor closes the connection behind a refusal, which is then the better
	// answer.
	select {
	case resp := <-w.answer:
		return answer(command, resp)
	default:
		return nil, c.err
	}
}

func answer(command string, resp *control.Response) (reply, error) {
	// 250 and 251 are successes, and so is 252: a client authorisation that
	// was replaced. bine takes only the first two for such.
	if code := resp.Err.Code; code < 250 || code > 259 {
		return nil, &RefusedError{Command: command, Code: code, Text: printable(resp.Reply)}
	}
	return resp.DataWithReply(), nil
}

func (c *controlConn) read() {
	defer close(c.done)
	for {
		resp, err := c.parser.ReadResponse()
		if err != nil {
			c.fail(speakable(err))
			return
		}
		c.limit.reset()
		if resp.IsAsync() {
			c.onEvent(strings.Join(resp.DataWithReply(), "\n"))
			continue
		}
		if !c.deliver(resp) {
			c.fail(errors.New("an answer that nobody asked for"))
			return
		}
	}
}

// speakable makes printable what an error of bine quotes.
func speakable(err error) error {
	if malformed := textproto.ProtocolError(""); errors.As(err, &malformed) {
		return textproto.ProtocolError(printable(string(malformed)))
	}
	return err
}

// deliver hands an answer to the request that is under way, if there is one.
func (c *controlConn) deliver(resp *control.Response) bool {
	c.mu.Lock()
	w := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	if w == nil {
		return false
	}
	w.timeout.stop()
	w.answer <- resp
	c.turn <- struct{}{}
	return true
}

// fail ends the connection for a reason; only the first reason counts.
func (c *controlConn) fail(reason error) {
	c.closeOnce.Do(func() {
		c.err = fmt.Errorf("%w: %w", ErrControl, reason)
		close(c.closed)
		c.conn.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.waiting != nil {
			c.waiting.timeout.stop()
		}
	})
}

// close ends the connection and waits for its reader.
func (c *controlConn) close() {
	c.fail(net.ErrClosed)
	<-c.done
}

type readWriteCloser struct {
	io.Reader
	io.WriteCloser
}
