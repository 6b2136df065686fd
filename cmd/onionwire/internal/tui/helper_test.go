package tui_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	_ "github.com/charmbracelet/x/exp/teatest/v2" // it has the flag -update
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// backend is a profile whose node is in memory.
type backend struct {
	api        rpc.API
	passphrase string
	closed     int
	fail       error         // what Lockable fails with
	slow       chan struct{} // what Protected and Open wait for, if it is not nil
}

func (b *backend) Protected(context.Context) (bool, error) {
	b.wait()
	return b.passphrase != "", nil
}

func (b *backend) wait() {
	if b.slow != nil {
		<-b.slow
	}
}

func (b *backend) Lockable(context.Context) (bool, error) { return b.passphrase != "", b.fail }

func (b *backend) Open(_ context.Context, passphrase []byte) (rpc.API, error) {
	b.wait()
	if string(passphrase) != b.passphrase {
		return nil, rpc.ErrPassphrase
	}
	return b.api, nil
}

func (b *backend) Close() error {
	b.closed++
	return nil
}

// ui is the interface without a terminal, in a bubble of synctest: after each thing that
// happens, everything that follows from it has happened, too. Time passes by pass only.
type ui struct {
	t       testing.TB
	m       *tui.Model
	o       tui.Options
	api     *apitest.Fake
	backend *backend
	msgs    chan tea.Msg
	quit    bool
	// suspended is whether the terminal was given to a shell.
	suspended bool
	bells     int // how often the terminal was rung
	w, h      int
}

// in runs a test of the interface on a screen. The node is made in the bubble, too.
func in(t *testing.T, w, h int, api func() *apitest.Fake, test func(u *ui), change ...func(o *tui.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		u := start(t, w, h, api(), change...)
		test(u)
		if err := u.m.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

func start(t testing.TB, w, h int, api *apitest.Fake, change ...func(o *tui.Options)) *ui {
	t.Helper()
	u := &ui{t: t, api: api, backend: &backend{api: api}, msgs: make(chan tea.Msg, 1000), w: w, h: h}
	folder := t.TempDir()
	o := tui.Options{
		Profile: "default", Backend: u.backend, Theme: "plain", Mouse: true, Now: api.Now,
		Getenv: func(string) string { return "" }, Folder: func() string { return folder },
	}
	for _, f := range change {
		f(&o)
	}
	u.o = o
	u.begin()
	u.settle()
	return u
}

// begin shows an interface.
func (u *ui) begin() {
	u.m = tui.New(u.t.Context(), u.o)
	u.take(tea.WindowSizeMsg{Width: u.w, Height: u.h})
	u.run(u.m.Init())
}

// closedMsg says that an interface that was locked has ended.
type closedMsg struct{ err error }

// run runs a command beside the test.
func (u *ui) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		if msg := cmd(); msg != nil {
			u.msgs <- msg
		}
	}()
}

// settle lets happen what is about to.
func (u *ui) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-u.msgs:
			u.take(msg)
		default:
			return
		}
	}
}

func (u *ui) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			u.run(cmd)
		}
		return
	case tea.QuitMsg:
		if !u.m.Locks() {
			u.quit = true
			return
		}
		m := u.m
		u.run(func() tea.Msg { return closedMsg{m.Close()} })
		return
	case tea.SuspendMsg:
		u.suspended = true
	case closedMsg:
		if msg.err != nil {
			u.t.Error(msg.err)
		}
		u.o.Locked = true
		u.begin()
		return
	case tea.RawMsg:
		u.bells++
		return
	}
	_, cmd := u.m.Update(msg)
	u.run(cmd)
}

// send has something happen.
func (u *ui) send(msg tea.Msg) {
	u.take(msg)
	u.settle()
}

// pass lets time pass, for the node and for the interface.
func (u *ui) pass(d time.Duration) {
	for ; d > 0; d -= time.Second {
		u.api.Pass(time.Second)
		time.Sleep(time.Second)
		u.settle()
	}
}

// typed types text, key by key.
func (u *ui) typed(text string) {
	for _, r := range text {
		u.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var codes = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft,
	"right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"tab": tea.KeyTab, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "space": tea.KeySpace,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6,
	"f7": tea.KeyF7, "f8": tea.KeyF8, "f9": tea.KeyF9,
}

// press presses keys by their names.
func (u *ui) press(names ...string) {
	u.t.Helper()
	for _, name := range names {
		var k tea.KeyPressMsg
		rest := name
		for mod, bit := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
			if strings.Contains(rest, mod) {
				rest = strings.Replace(rest, mod, "", 1)
				k.Mod |= bit
			}
		}
		if code, special := codes[rest]; special {
			k.Code = code
		} else {
			k.Code = []rune(rest)[0]
			if k.Mod == 0 {
				k.Text = rest
			}
		}
		if got := k.String(); got != name {
			u.t.Fatalf("key %q is %q", name, got)
		}
		u.send(k)
	}
}

// screen is what is seen, without colours.
func (u *ui) screen() string { return ansi.Strip(u.m.View().Content) }

// sees fails unless all of some texts are on the screen.
func (u *ui) sees(texts ...string) {
	u.t.Helper()
	for _, text := range texts {
		if !strings.Contains(u.screen(), text) {
			u.t.Errorf("%q is not on the screen:\n%s", text, u.screen())
		}
	}
}

// misses fails if one of some texts is on the screen.
func (u *ui) misses(texts ...string) {
	u.t.Helper()
	for _, text := range texts {
		if strings.Contains(u.screen(), text) {
			u.t.Errorf("%q is on the screen:\n%s", text, u.screen())
		}
	}
}

// golden compares the screen with the one in testdata/screens. With -update it writes that.
func (u *ui) golden(name string) {
	u.t.Helper()
	u.fits()
	lines := strings.Split(u.screen(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	shown := strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", "screens", name+".txt")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			u.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(shown), 0o644); err != nil {
			u.t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		u.t.Fatal(err)
	}
	if string(stored) != shown {
		u.t.Errorf("the screen is not that of %s:\n%s", path, shown)
	}
}

// fits fails unless the screen has as many lines as the terminal, and none is wider.
func (u *ui) fits() {
	u.t.Helper()
	lines := strings.Split(u.m.View().Content, "\n")
	if len(lines) != u.h {
		u.t.Errorf("%d lines on a screen of %d", len(lines), u.h)
	}
	for i, line := range lines {
		if w := ansi.StringWidthWc(line); w > u.w {
			u.t.Errorf("line %d has %d cells on a screen of %d: %q", i, w, u.w, line)
		}
	}
}

var ctx = context.Background()

func paste(text string) tea.Msg { return tea.PasteMsg{Content: text} }

// pair is a profile with one contact.
func pair() *apitest.Fake {
	f := apitest.New()
	alice, _ := f.Befriend("Alice")
	f.Appear(alice, rpc.Presence{State: rpc.Online})
	return f
}

// chatter has the first contact write so many messages, all of which were read.
func chatter(f *apitest.Fake, n int) *apitest.Fake {
	for i := range n {
		last := f.Receive(1, fmt.Sprintf("message %d, with words enough for a line or two on a screen that is narrow", i))
		_ = f.MarkRead(ctx, 1, last.Number)
	}
	return f
}

// texts are the texts of the first conversation, the first one first.
func texts(u *ui) (all []string) {
	page, err := u.api.MessagesAfter(ctx, 1, 0, 1000)
	if err != nil {
		u.t.Fatal(err)
	}
	for _, m := range page {
		all = append(all, m.Text)
	}
	return all
}
