package tui_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

// program is the interface in a program of bubbletea, which gets bytes as a terminal sends
// them.
type program struct {
	t       *testing.T
	keys    io.Writer
	screen  *screenBuffer
	backend *backend
	locked  int // how often
	done    chan error
}

// screenBuffer is what a terminal was sent.
type screenBuffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *screenBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *screenBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

const patience = 2 * time.Minute

func runProgram(t *testing.T, api rpc.API, change ...func(o *tui.Options)) *program {
	t.Helper()
	in, keys, err := os.Pipe() // a file, which an editor can be given
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	p := &program{t: t, keys: keys, screen: &screenBuffer{}, backend: &backend{api: api}, done: make(chan error, 1)}
	o := tui.Options{
		Profile: "default", Backend: p.backend, Theme: "plain", Mouse: true,
		Now: func() time.Time { return apitest.Start }, Getenv: func(string) string { return "" },
		Folder: func() string { return folder },
	}
	for _, f := range change {
		f(&o)
	}
	o.Locking = func() {
		if p.backend.closed != p.locked {
			t.Error("the node is closed before what is typed is kept from being shown")
		}
	}
	go func() {
		err := tui.ErrLocked
		for ; errors.Is(err, tui.ErrLocked); p.locked++ {
			err = tui.Run(t.Context(), o, tea.WithInput(in), tea.WithOutput(p.screen), tea.WithWindowSize(100, 30),
				tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithoutSignals())
			o.Locked = true
		}
		p.done <- err
	}()
	t.Cleanup(func() {
		keys.Close()
		in.Close()
	})
	return p
}

func (p *program) send(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.keys, text); err != nil {
		p.t.Fatal(err)
	}
}

// await waits until something is so.
func (p *program) await(what string, is func() bool) {
	p.t.Helper()
	for began := time.Now(); !is(); time.Sleep(time.Millisecond) {
		if time.Since(began) > patience {
			p.t.Fatalf("%s did not happen; the screen was sent\n%q", what, p.screen.String())
		}
	}
}

func (p *program) shows(text string) {
	p.t.Helper()
	p.await("showing "+text, func() bool { return strings.Contains(p.screen.String(), text) })
}

func (p *program) ends() {
	p.t.Helper()
	select {
	case err := <-p.done:
		if err != nil {
			p.t.Error(err)
		}
	case <-time.After(patience):
		p.t.Fatal("the program goes on")
	}
	if p.backend.closed != 1 {
		p.t.Errorf("the backend was closed %d times", p.backend.closed)
	}
}

// sent waits until the first conversation has so many messages, and returns the last one's text.
func (p *program) sent(api *apitest.Fake, n int) (text string) {
	p.t.Helper()
	p.await("sending", func() bool {
		all, err := api.MessagesAfter(ctx, 1, 0, 100)
		if err != nil || len(all) < n {
			return false
		}
		text = all[len(all)-1].Text
		return true
	})
	return text
}

const (
	altDown = "\x1b[1;3B"
	ctrlQ   = "\x11"
	pasted  = "\x1b[200~"
	end     = "\x1b[201~"
)

func TestProgram(t *testing.T) {
	api := pair()
	p := runProgram(t, api)
	p.shows("Choose a conversation")
	p.send(altDown)
	p.shows("Write a message")
	p.send("hello\x1b\rthere\nagain\r") // Alt+Enter and Ctrl+J are new lines
	if got := p.sent(api, 1); got != "hello\nthere\nagain" {
		t.Errorf("sent %q", got)
	}
	p.send(pasted + "pasted\ntext" + end + "\r")
	if got := p.sent(api, 2); got != "pasted\ntext" {
		t.Errorf("sent %q", got)
	}
	p.send(ctrlQ)
	p.ends()
}

// A megabyte that is pasted is there at once, and the program goes on.
func TestProgramTakesLongPaste(t *testing.T) {
	api := pair()
	p := runProgram(t, api)
	p.shows("Choose a conversation")
	p.send(altDown)
	p.shows("Write a message")
	began := time.Now()
	p.send(pasted + strings.Repeat("0123456789abcdef", 1<<16) + end)
	p.shows("sends a file")
	t.Logf("a megabyte was pasted within %v", time.Since(began))
	p.send("\x1b[27u") // Esc
	p.shows("Drop the text")
	p.send("y")
	p.send("after\r")
	if got := p.sent(api, 1); got != "after" {
		t.Errorf("sent %q", got)
	}
	p.send(ctrlQ)
	p.ends()
}

func TestProgramOpensEditor(t *testing.T) {
	script := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf ' and more\\n' >> \"$2\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	api := pair()
	p := runProgram(t, api, func(o *tui.Options) { o.Editor = script + " --flag" })
	p.shows("Choose a conversation")
	p.send(altDown)
	p.shows("Write a message")
	p.send("begun\x18\x05") // Ctrl+X Ctrl+E
	p.shows("and more")
	p.send("\r")
	if got := p.sent(api, 1); got != "begun and more" {
		t.Errorf("sent %q", got)
	}
	p.send(ctrlQ)
	p.ends()
}
