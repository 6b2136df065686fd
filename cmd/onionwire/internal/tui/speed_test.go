package tui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

const (
	manyTalks = 10_000
	manyTexts = 1_000_000
)

// driver runs the interface without bubbletea and without synctest.
type driver struct {
	tb   testing.TB
	m    *tui.Model
	msgs chan tea.Msg
}

// drive shows a node on a screen when all conversations are loaded.
func drive(tb testing.TB, api *apitest.Large, w, h int) *driver {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	m := tui.New(ctx, tui.Options{
		Profile: "default", Backend: &backend{api: api}, Theme: "dark", Mouse: true,
		Now: func() time.Time { return apitest.Start }, Getenv: func(string) string { return "" },
		Preferences: &preferences{},
	})
	d := &driver{tb, m, make(chan tea.Msg, 1000)}
	tb.Cleanup(func() {
		cancel()
		if err := m.Close(); err != nil {
			tb.Error(err)
		}
	})
	d.take(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(m.Init())
	d.await(fmt.Sprintf("%d unread", api.UnreadTexts()))
	return d
}

// open opens the first conversation.
func (d *driver) open() {
	d.tb.Helper()
	d.take(tea.KeyPressMsg{Code: tea.KeyDown, Mod: tea.ModAlt})
	d.await("Message ")
}

func (d *driver) take(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		if msg := cmd(); msg != nil {
			d.msgs <- msg
		}
	}()
}

// await takes what happens until a text is on the screen.
func (d *driver) await(text string) {
	d.tb.Helper()
	late := time.After(patience)
	for !strings.Contains(d.m.View().Content, text) {
		select {
		case msg := <-d.msgs:
			if batch, is := msg.(tea.BatchMsg); is {
				for _, cmd := range batch {
					d.run(cmd)
				}
				continue
			}
			d.take(msg)
		case <-late:
			d.tb.Fatalf("%q is not on the screen:\n%s", text, d.m.View().Content)
		}
	}
}

// key presses a key, and paints.
func (d *driver) key(k tea.KeyPressMsg) {
	d.m.Update(k)
	_ = d.m.View()
}

func letter(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

// BenchmarkKey is how long it takes from a key to a frame, in a profile with ten thousand
// conversations and a million messages, without the terminal.
func BenchmarkKey(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"80x24", 80, 24}, {"250x80", 250, 80}} {
		d := drive(b, apitest.NewLarge(manyTalks, manyTexts), size.w, size.h)
		d.open()
		for _, k := range []struct {
			name  string
			press tea.KeyPressMsg
		}{
			{"letter", letter('x')},
			{"page-up", tea.KeyPressMsg{Code: tea.KeyPgUp}},
			{"next-conversation", tea.KeyPressMsg{Code: tea.KeyDown, Mod: tea.ModAlt}},
			{"next-unread", tea.KeyPressMsg{Code: 'u', Mod: tea.ModAlt}},
		} {
			b.Run(k.name+"/"+size.name, func(b *testing.B) {
				for b.Loop() {
					d.key(k.press)
					d.key(tea.KeyPressMsg{Code: tea.KeyBackspace})
				}
			})
		}
	}
}

// BenchmarkFirstFrame is how long it takes from nothing to a frame that shows the profile.
func BenchmarkFirstFrame(b *testing.B) {
	api := apitest.NewLarge(manyTalks, manyTexts)
	for b.Loop() {
		m := tui.New(context.Background(), tui.Options{Backend: &backend{api: api}, Now: func() time.Time { return apitest.Start }})
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		_ = m.View()
		_ = m.Close()
	}
}

// BenchmarkPaste is how long pasting a megabyte takes, to the frame.
func BenchmarkPaste(b *testing.B) {
	d := drive(b, apitest.NewLarge(100, 1000), 120, 40)
	d.open()
	text := strings.Repeat("a line of pasted text, as long as lines are\n", 1<<20/44)
	for b.Loop() {
		d.m.Update(tea.PasteMsg{Content: text})
		_ = d.m.View()
		d.m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
		d.m.Update(letter('y'))
	}
}

// A frame costs about the same however many conversations and messages there are.
func TestFrameDoesNotGrow(t *testing.T) {
	cost := func(talks, texts int) float64 {
		d := drive(t, apitest.NewLarge(talks, texts), 120, 40)
		d.open()
		return testing.AllocsPerRun(50, func() {
			d.key(letter('x'))
			d.key(tea.KeyPressMsg{Code: tea.KeyBackspace})
		})
	}
	few, many := cost(100, 10_000), cost(manyTalks, manyTexts)
	if many > 1.5*few {
		t.Errorf("%.0f allocations for a frame with %d conversations, %.0f with 100", many, manyTalks, few)
	}
}
