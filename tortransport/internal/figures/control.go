package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// control is a control connection with nothing of ours around it: what is compared
// with package tor must not be that.
type control struct {
	*textproto.Conn
	events []string // that have come while an answer was waited for
}

// dialControl connects and authenticates with a cookie.
func dialControl(ctx context.Context, addr, cookieFile string) (*control, error) {
	at, err := tor.ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	conn, err := textproto.Dial(at.Network, at.Address)
	if err != nil {
		return nil, err
	}
	c := &control{Conn: conn}
	cookie, err := os.ReadFile(cookieFile)
	if err == nil {
		_, err = c.ask(ctx, "AUTHENTICATE "+hex.EncodeToString(cookie))
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func (c *control) close() { c.Conn.Close() }

// read reads a line. The connection is of no use any more when ctx ends.
func (c *control) read(ctx context.Context) (string, error) {
	stop := context.AfterFunc(ctx, func() { c.Conn.Close() })
	defer stop()
	line, err := c.ReadLine()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return line, err
}

// ask sends a command and returns the lines of the answer (control-spec section
// 2.3), without their codes.
func (c *control) ask(ctx context.Context, command string) ([]string, error) {
	if err := c.PrintfLine("%s", command); err != nil {
		return nil, err
	}
	var lines []string
	for data := false; ; {
		line, err := c.read(ctx)
		switch {
		case err != nil:
			return nil, err
		case data:
			data = line != "."
			lines = append(lines, line)
		case len(line) < 4:
			return nil, fmt.Errorf("malformed answer %q", line)
		case strings.HasPrefix(line, "650"):
			c.events = append(c.events, line)
		case line[0] != '2':
			verb, _, _ := strings.Cut(command, " ")
			return nil, fmt.Errorf("%s: %s", verb, line)
		default:
			data = line[3] == '+'
			lines = append(lines, line[4:])
			if line[3] == ' ' {
				return lines, nil
			}
		}
	}
}

// await waits for an event with this beginning.
func (c *control) await(ctx context.Context, event string) error {
	for {
		if i := slices.IndexFunc(c.events, func(e string) bool { return strings.HasPrefix(e, event) }); i >= 0 {
			c.events = slices.Delete(c.events, 0, i+1)
			return nil
		}
		line, err := c.read(ctx)
		if err != nil {
			return err
		}
		c.events = append(c.events[:0], line)
	}
}

// addOnion adds an onion service and waits for the first upload of a descriptor.
func (c *control) addOnion(ctx context.Context, k onion.Key, ports map[uint16]tor.Addr) error {
	if len(ports) == 0 {
		return errors.New("an onion service needs a port")
	}
	if _, err := c.ask(ctx, "SETEVENTS HS_DESC"); err != nil {
		return err
	}
	command := "ADD_ONION " + k.ControlString() + " Flags=DiscardPK"
	for port, target := range ports {
		command += fmt.Sprintf(" Port=%d,%s", port, target)
	}
	if _, err := c.ask(ctx, command); err != nil {
		return err
	}
	return c.await(ctx, "650 HS_DESC UPLOADED "+k.Address().ServiceID()+" ")
}

// delOnion takes an onion service away.
func (c *control) delOnion(ctx context.Context, k onion.Key) error {
	_, err := c.ask(ctx, "DEL_ONION "+k.Address().ServiceID())
	return err
}
