package tortest

import (
	"bufio"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fakeMaxLine bounds a command line. An ADD_ONION with five hundred ports fits.
const fakeMaxLine = 64 << 10

// fakeControl is one connection to the control port. One goroutine reads and
// carries out its commands, another writes.
type fakeControl struct {
	fake *Fake
	link *fakeLink
	out  *fakeOutbox

	// Only the reading goroutine uses these.
	greeted       bool // PROTOCOLINFO was asked
	challenge     []byte
	authenticated bool

	// The fake's lock guards these.
	gone   bool // commands have no effect any more
	events map[string]bool
}

// fakeAnswer is the reply to one command.
type fakeAnswer struct {
	lines []string
	// hangUp closes the connection behind the reply.
	hangUp bool
	// then runs when the reply is on its way: what it sends comes later.
	then func()
}

func fakeSay(lines ...string) fakeAnswer { return fakeAnswer{lines: lines} }

// fakeRefuse is an answer behind which tor closes the connection.
func fakeRefuse(line string) fakeAnswer { return fakeAnswer{lines: []string{line}, hangUp: true} }

func (f *Fake) serveControl(link *fakeLink) {
	c := &fakeControl{fake: f, link: link, out: newFakeOutbox(link.Conn)}
	f.mu.Lock()
	c.gone = link.ctx.Err() != nil
	if !c.gone {
		f.controls[c] = struct{}{}
	}
	f.mu.Unlock()
	written := make(chan struct{})
	f.running.Go(func() {
		defer close(written)
		c.out.run()
	})
	c.readCommands()
	f.mu.Lock()
	f.removeControl(c)
	f.mu.Unlock()
	link.SetWriteDeadline(time.Now().Add(time.Second))
	c.out.finish()
	<-written
	link.hangUp()
}

// removeControl ends what a connection is owner of; the caller holds the lock.
func (f *Fake) removeControl(c *fakeControl) {
	c.gone = true
	delete(f.controls, c)
	for id, service := range f.services {
		if service.owner == c {
			delete(f.services, id)
		}
	}
}

func (c *fakeControl) readCommands() {
	lines := bufio.NewReaderSize(c.link, fakeMaxLine)
	for {
		raw, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			c.out.send("500 Line too long.\r\n")
			return
		}
		if err != nil {
			return
		}
		line := strings.TrimRight(string(raw), "\r\n")
		if strings.HasPrefix(line, "+") && !skipFakeData(lines) {
			return
		}
		if !c.command(line) {
			return
		}
	}
}

// skipFakeData reads to the end of a multi-line command; none is supported.
func skipFakeData(lines *bufio.Reader) bool {
	for {
		raw, err := lines.ReadSlice('\n')
		if err != nil {
			return false
		}
		if strings.TrimRight(string(raw), "\r\n") == "." {
			return true
		}
	}
}

// command answers one command. It reports whether the connection goes on.
func (c *fakeControl) command(line string) bool {
	script := c.fake.scriptCommand(line)
	if !fakeSleep(c.link.ctx, script.Delay) || script.Drop {
		c.link.Close()
		return false
	}
	var answer fakeAnswer
	if !script.Silent && script.Raw == "" && script.Lines == nil {
		answer = c.carryOut(line)
	}
	text := fakeLines(script.Before) + script.Raw + fakeLines(script.Lines) + fakeLines(answer.lines) + fakeLines(script.After)
	if script.Cut > 0 {
		c.out.send(text[:min(script.Cut, len(text))])
		return false
	}
	c.out.send(text)
	if answer.then != nil {
		answer.then()
	}
	return !answer.hangUp
}

func fakeLines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// carryOut does what a command says (control-spec.txt, 3).
func (c *fakeControl) carryOut(line string) fakeAnswer {
	word, rest, _ := strings.Cut(line, " ")
	keyword, args := strings.ToUpper(word), strings.Fields(rest)
	if !c.authenticated {
		early := []string{"PROTOCOLINFO", "AUTHCHALLENGE", "AUTHENTICATE", "QUIT"}
		again := keyword == "PROTOCOLINFO" && c.greeted || keyword == "AUTHCHALLENGE" && c.challenge != nil
		if again || !slices.Contains(early, keyword) {
			return fakeRefuse("514 Authentication required.")
		}
	}
	switch keyword {
	case "PROTOCOLINFO":
		return c.protocolInfo(args)
	case "AUTHCHALLENGE":
		return c.authChallenge(args)
	case "AUTHENTICATE":
		return c.authenticate(strings.TrimSpace(rest))
	case "QUIT":
		return fakeRefuse("250 closing connection")
	case "TAKEOWNERSHIP", "DROPOWNERSHIP":
		return fakeSay("250 OK")
	case "SETEVENTS":
		return c.setEvents(args)
	case "GETINFO":
		return c.getInfo(args)
	case "GETCONF":
		return c.getConf(args)
	case "SIGNAL":
		return c.signal(args)
	case "ADD_ONION":
		return c.addOnion(args)
	case "DEL_ONION":
		return c.delOnion(args)
	case "ONION_CLIENT_AUTH_ADD":
		return c.clientAuthAdd(args)
	case "ONION_CLIENT_AUTH_REMOVE":
		return c.clientAuthRemove(args)
	case "ONION_CLIENT_AUTH_VIEW":
		return c.clientAuthView(args)
	}
	return fakeSay(`510 Unrecognized command "` + word + `"`)
}

// fakeArgCount is tor's complaint about no argument or too many, empty if the
// number is right.
func fakeArgCount(command string, n, most int) string {
	const head = "512 Bad arguments to "
	switch {
	case n < 1:
		return head + command + ": Need at least 1 argument(s)"
	case n > most:
		return head + command + ": Cannot accept more than " + strconv.Itoa(most) + " argument(s)"
	}
	return ""
}
