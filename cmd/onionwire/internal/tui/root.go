package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/keys"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/model"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Model is the interface as bubbletea runs it. Its methods are not for concurrent use, but
// what it hands to bubbletea as commands is.
type Model struct {
	o      Options
	ctx    context.Context //nolint:containedctx // of all calls of the API: bubbletea hands none
	cancel context.CancelFunc
	tasks  tasks // commands that run

	stage   stage
	failure error // why there is no node, for people
	api     rpc.API
	feed    *feed
	asks    *lane // what the screen needs
	acts    *lane // what the user does

	state  *model.State
	keys   keys.Map
	theme  theme.Theme
	method safe.Method

	width, height int
	focused       bool // whether the terminal is, as far as is known: somebody looks
	darkness      bool // of its background
	mouse         bool
	sidebarHidden bool
	pressed       string // keys that are the beginning of something
	leaving       time.Time
	losing        time.Time // until when somebody knows that quitting loses what they wrote
	quitting      bool
	away          bool // whether the terminal is not ours, or what was on it may not be seen
	unkept        bool // whether a draft could not be kept
	notice        notice

	placed   string // which places the node was told last
	reopened bool   // whether it has said which there were
	tabs     []ledger.ConversationID
	active   ledger.ConversationID // 0 is none
	rooms    map[ledger.ConversationID]*room
	sideTop  int // the first conversation that the sidebar shows
	overlays []overlay
	unasked  unasked
	gate     *passphrasePrompt
	desk     desk
	// manuscript is what is open in an editor of the user's, or nil, and back what has come
	// back from files that are to be removed.
	manuscript *manuscript
	back       []returned
	wrapped    wrapCache
	screen     screen // what the last arrangement has found to be seen
	// wanted are those whose presence was asked for because they are seen, until it is
	// asked for anew.
	wanted   map[ledger.ContactID]bool
	reaching *reaching // who is dialled because they are looked at, or nil
}

// stage is how far the interface has come.
type stage int

const (
	opening stage = iota // the node is being opened
	locked               // a passphrase is needed
	ready                // the node is there
	broken               // there is none, and there will be none
	making               // the profile is being made
	locking              // the interface ends, for another one to ask for the passphrase
)

// New makes the interface. It is closed by its caller.
func New(ctx context.Context, o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	m := &Model{
		o: o, state: model.New(), rooms: make(map[ledger.ConversationID]*room),
		wanted:   make(map[ledger.ContactID]bool),
		darkness: true, mouse: o.Mouse, width: 80, height: 24,
	}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.asks, m.acts = newLanes()
	m.gate = newPassphrasePrompt(o.Profile)
	m.theme = theme.Choose(o.Theme, o.Getenv, m.darkness)
	var problems []string
	if m.keys, problems = keys.Default().Rebind(o.Keys); len(problems) > 0 {
		m.say(warning, problems[0])
	}
	return m
}

// Init starts what has to be waited for.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.prepare(), m.tick(), tea.RequestBackgroundColor)
}

// closeLasts is how long Close waits for what is not kept yet.
const closeLasts = 3 * time.Second

// Close ends everything, and waits for it. Whatever has ended the program, a terminal
// that was closed perhaps: what was sent is queued, and what was written is kept.
func (m *Model) Close() error {
	if m.api != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(m.ctx), closeLasts)
		m.remains(ctx)
		cancel()
	}
	m.gate.secret.wipe()
	m.cancel()
	if m.feed != nil {
		m.feed.stop()
	}
	m.tasks.end()
	return m.o.Backend.Close()
}

// now is the time.
func (m *Model) now() time.Time { return m.o.Now() }

// run makes a command of what takes time. Close waits for it.
func (m *Model) run(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		if !m.tasks.begin() {
			return nil
		}
		defer m.tasks.running.Done()
		return f(m.ctx)
	}
}

// tasks are commands that run. Bubbletea does not wait for them.
type tasks struct {
	mu      sync.Mutex
	ended   bool
	running sync.WaitGroup
}

// begin counts one more, or returns false after end.
func (t *tasks) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.running.Add(1)
	}
	return !t.ended
}

// end waits for all, and lets none begin.
func (t *tasks) end() {
	t.mu.Lock()
	t.ended = true
	t.mu.Unlock()
	t.running.Wait()
}

// notice is a sentence in the status line.
type notice struct {
	kind  noticeKind
	text  string
	until time.Time
}

type noticeKind int

const (
	info noticeKind = iota
	warning
	failed
)

// noticeLasts is how long a notice is shown.
const noticeLasts = 8 * time.Second

// say shows a sentence in the status line for a while. The text must be harmless.
func (m *Model) say(kind noticeKind, text string) {
	m.notice = notice{kind, safe.Line(text), m.now().Add(noticeLasts)}
}
