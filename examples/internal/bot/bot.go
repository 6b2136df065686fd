// Package bot is what the bots in Go have in common: they deal with each message once,
// whatever ends in between, the bot, the node or the connection of the two.
package bot

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

// pause is how long is waited for a node that is not there.
const pause = time.Second

// messageReceived is how a node says that a contact has written.
var messageReceived = rpc.MessageReceived

// Dial connects to a node with the token in a file, which nobody else can read.
func Dial(ctx context.Context, socket, tokenFile string) (*rpc.Remote, error) {
	secret, err := token.Load(tokenFile)
	if err != nil {
		return nil, err
	}
	return rpc.DialRemote(ctx, socket, secret)
}

// Messages calls handle with each message that contacts write, one after the other,
// until ctx ends. How far it has come is in a file: the next time, it goes on from there,
// and the first time from now on. A message that is handled when the bot is killed, or
// when the node ends, is handled again.
func Messages(ctx context.Context, node *rpc.Remote, cursorFile string, handle func(context.Context, rpc.Message) error) error {
	return persist(ctx, func() error { return follow(ctx, node, cursorFile, handle) })
}

// follow is Messages until the node is lost in the middle of something.
func follow(ctx context.Context, node *rpc.Remote, cursorFile string, handle func(context.Context, rpc.Message) error) error {
	cursor, err := loadCursor(cursorFile)
	if err != nil {
		return err
	}
	for e, err := range node.Events(ctx, cursor) {
		if err != nil {
			return err
		}
		if e.Kind == messageReceived {
			m, err := node.Message(ctx, e.Message)
			if err == nil {
				err = handle(ctx, m)
			}
			if err != nil && !errors.Is(err, rpc.ErrNotFound) { // it may have disappeared meanwhile
				return err
			}
		}
		if e.Cursor == cursor {
			continue // a signal, which is not kept
		}
		cursor = e.Cursor
		if err := saveCursor(cursorFile, cursor); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// persist calls f again and again while the node cannot be reached.
func persist(ctx context.Context, f func() error) error {
	for {
		err := f()
		away := errors.Is(err, rpc.ErrLost) || errors.Is(err, rpc.ErrNotRunning) || errors.Is(err, rpc.ErrClosed)
		if !away {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// AnswerID is an ID for an answer that follows from the message: who sends it twice has
// sent it once.
func AnswerID(purpose string, m rpc.Message) (id rpc.MessageID) {
	sum := sha256.Sum256(append([]byte(purpose), m.ID[:]...))
	copy(id[:], sum[:])
	return id
}

// loadCursor reads a cursor. If there is no file, it is from now on.
func loadCursor(file string) (ledger.Cursor, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return rpc.FromNow, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s has no cursor in it", file)
	}
	return ledger.Cursor(n), nil
}

// saveCursor replaces the file in one step.
func saveCursor(file string, cursor ledger.Cursor) error {
	draft := file + ".new"
	if err := os.WriteFile(draft, fmt.Appendln(nil, cursor), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, file)
}
