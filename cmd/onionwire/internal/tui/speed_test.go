package tui_test

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	manyTalks = 10_000
	manyTexts = 1_000_000
)

// driver runs the interface without bubbletea and without synctest: commands one after the
// other, but for those that wait for something to happen.
type driver struct {
	m *tui.Model
}

// drive shows a node on a screen until nothing is left to load.
func drive(tb testing.TB, api rpc.API, w, h int) *driver {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	m := tui.New(ctx, tui.Options{
		Profile: "default", Backend: &backend{api: api}, Theme: "dark", Mouse: true,
		Now: func() time.Time { return apitest.Start }, Getenv: func(string) string { return "" },
	})
	tb.Cleanup(func() {
		cancel()
		if err := m.Close(); err != nil {
			tb.Error(err)
		}
	})
	d := &driver{m}
	d.take(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(m.Init())
	return d
}

func (d *driver) take(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// prompt is how long a command may take that does not wait for something to happen.
const prompt = 200 * time.Millisecond

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	got := make(chan tea.Msg, 1)
	go func() { got <- cmd() }()
	select {
	case msg := <-got:
		switch msg := msg.(type) {
		case nil:
		case tea.BatchMsg:
			for _, cmd := range msg {
				d.run(cmd)
			}
		default:
			d.take(msg)
		}
	case <-time.After(prompt):
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
		d.take(tea.KeyPressMsg{Code: tea.KeyDown, Mod: tea.ModAlt})
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
	d.take(tea.KeyPressMsg{Code: tea.KeyDown, Mod: tea.ModAlt})
	text := strings.Repeat("a line of pasted text, as long as lines are\n", 1<<20/44)
	for b.Loop() {
		d.m.Update(tea.PasteMsg{Content: text})
		_ = d.m.View()
		d.m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	}
}

// A frame costs about the same however many conversations and messages there are.
func TestFrameDoesNotGrow(t *testing.T) {
	cost := func(talks, texts int) float64 {
		d := drive(t, apitest.NewLarge(talks, texts), 120, 40)
		d.take(tea.KeyPressMsg{Code: tea.KeyDown, Mod: tea.ModAlt})
		if !strings.Contains(d.m.View().Content, "Message ") {
			t.Fatalf("no messages on the screen:\n%s", d.m.View().Content)
		}
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
