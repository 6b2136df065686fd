package doctor_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/doctor"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// patient is a profile, and how it is looked at.
type patient struct {
	cfg doctor.Config
	dir string // of the profile
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	root, err := os.MkdirTemp("", "ow-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	protection, err := vault.WithPassphrase([]byte("secret"), vault.Cost{Time: 1, Memory: 8, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer protection.Wipe()
	p, err := profile.Create(t.Context(), root, "someone", protection)
	if err == nil {
		err = p.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return &patient{
		dir: filepath.Join(root, "someone"),
		cfg: doctor.Config{
			Root: root, Name: "someone", Now: time.Now(), Built: time.Now().Add(-time.Hour), Patience: time.Minute,
			Hint: func(error) string { return "do something" },
		},
	}
}

// open opens the profile for as long as the test takes.
func (p *patient) open(t *testing.T) *profile.Profile {
	t.Helper()
	opened, err := profile.Open(t.Context(), p.cfg.Root, p.cfg.Name, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// fakeTor has the doctor use a fake Tor.
func (p *patient) fakeTor(t *testing.T, options ...tortest.FakeOption) *tortest.Fake {
	t.Helper()
	fake := tortest.NewFake(t, options...)
	control, err := tor.ParseAddr(fake.ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	p.cfg.Attached = control.String()
	p.cfg.StartTor = func(ctx context.Context, _ string) (*tor.Daemon, error) {
		return tor.Attach(ctx, tor.AttachConfig{Control: control})
	}
	return fake
}

// examine runs all checks.
func (p *patient) examine(t *testing.T) (map[string]doctor.Result, doctor.Outcome) {
	t.Helper()
	found := make(map[string]doctor.Result)
	worst, err := doctor.Run(t.Context(), p.cfg, func(r doctor.Result) error {
		found[r.Check] = r
		if r.Found == "" || r.Outcome != doctor.OK && r.Todo == "" {
			t.Errorf("%+v does not say what there is, and what to do", r)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, worst
}

// wants fails the test unless a check has ended as said.
func wants(t *testing.T, found map[string]doctor.Result, check string, outcome doctor.Outcome, part string) {
	t.Helper()
	if r := found[check]; r.Outcome != outcome || !strings.Contains(r.Found+" "+r.Todo, part) {
		t.Errorf("%s: %+v, want %s with %q", check, r, outcome, part)
	}
}

func TestWell(t *testing.T) {
	p := newPatient(t)
	p.fakeTor(t)
	found, worst := p.examine(t)
	if worst != doctor.OK {
		t.Errorf("%s: %+v", worst, found)
	}
	if len(found) != 7 {
		t.Errorf("%d checks were made", len(found))
	}
	wants(t, found, "node", doctor.OK, "none runs")
	if entries, err := filepath.Glob(filepath.Join(p.dir, ".doctor*")); err != nil || len(entries) > 0 {
		t.Errorf("%q is left, %v", entries, err)
	}
}

func TestUnwell(t *testing.T) {
	for name, tc := range map[string]struct {
		harm         func(t *testing.T, p *patient)
		check        string
		outcome      doctor.Outcome
		part         string
		notOnWindows bool
	}{
		"a clock that is behind": {harm: func(_ *testing.T, p *patient) { p.cfg.Built = p.cfg.Now.Add(time.Hour) }, check: "clock", outcome: doctor.Fail, part: "NTP"},
		"a clock that was behind": {harm: func(_ *testing.T, p *patient) {
			p.cfg.Now = p.cfg.Now.Add(-10 * time.Minute)
			p.cfg.Built = time.Time{}
		}, check: "clock", outcome: doctor.Warn, part: "later"},
		"no profile":        {harm: func(_ *testing.T, p *patient) { p.cfg.Name = "nobody" }, check: "profile", outcome: doctor.Fail, part: "no such profile"},
		"what is set wrong": {harm: func(_ *testing.T, p *patient) { p.cfg.Misconfigured = errors.New("keys is a table") }, check: "config", outcome: doctor.Fail, part: "keys is a table"},
		"no key file": {harm: func(t *testing.T, p *patient) {
			t.Helper()
			if err := os.Remove(filepath.Join(p.dir, "keys")); err != nil {
				t.Fatal(err)
			}
		}, check: "profile", outcome: doctor.Fail, part: "not whole"},
		"a folder that is open": {harm: func(t *testing.T, p *patient) {
			t.Helper()
			if err := os.Chmod(p.dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}, check: "profile", outcome: doctor.Fail, part: "chmod go=", notOnWindows: true},
		"somebody else in it": {harm: func(t *testing.T, p *patient) { t.Helper(); p.open(t) }, check: "node", outcome: doctor.Warn, part: "answers nobody"},
		"no tor":              {harm: func(_ *testing.T, p *patient) { p.cfg.Binary = filepath.Join(p.dir, "no-tor") }, check: "tor", outcome: doctor.Fail, part: "do something"},
		"a tor that does not start": {harm: func(_ *testing.T, p *patient) {
			p.cfg.StartTor = func(context.Context, string) (*tor.Daemon, error) { return nil, errors.New("no such luck") }
		}, check: "bootstrap", outcome: doctor.Fail, part: "no such luck"},
		"nothing tried": {harm: func(_ *testing.T, p *patient) { p.cfg.StartTor = nil }, check: "bootstrap", outcome: doctor.Warn, part: "--offline"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.notOnWindows && runtime.GOOS == "windows" {
				return // where the folder says nothing
			}
			p := newPatient(t)
			tc.harm(t, p)
			found, worst := p.examine(t)
			wants(t, found, tc.check, tc.outcome, tc.part)
			if worst == doctor.OK {
				t.Error("nothing is wrong in all")
			}
		})
	}
}

// TestOnce: what is missing is told once, not by every check that would need it, and a machine
// on which nobody has made a profile yet is well.
func TestOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		harm  func(p *patient)
		worst doctor.Outcome
		want  map[string]doctor.Outcome // and nothing else that is not ok
		left  []string
	}{
		"no profile yet": {
			harm: func(p *patient) { p.cfg.Root = filepath.Join(p.dir, "new") }, worst: doctor.Warn,
			want: map[string]doctor.Outcome{"profile": doctor.Warn}, left: []string{"disk", "node"},
		},
		"another profile": {
			harm: func(p *patient) { p.cfg.Name = "nobody" }, worst: doctor.Fail,
			want: map[string]doctor.Outcome{"profile": doctor.Fail}, left: []string{"disk", "node"},
		},
		"no tor": {
			harm: func(p *patient) { p.cfg.Attached, p.cfg.Binary = "", filepath.Join(p.dir, "no-tor") }, worst: doctor.Fail,
			want: map[string]doctor.Outcome{"tor": doctor.Fail}, left: []string{"bootstrap"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPatient(t)
			p.fakeTor(t)
			tc.harm(p)
			found, worst := p.examine(t)
			if worst != tc.worst {
				t.Errorf("%s in all, want %s", worst, tc.worst)
			}
			for check, r := range found {
				if want := tc.want[check]; want == "" && r.Outcome != doctor.OK || want != "" && want != r.Outcome {
					t.Errorf("%s: %+v", check, r)
				}
			}
			for _, check := range tc.left {
				if r, ok := found[check]; ok {
					t.Errorf("%+v, want nothing", r)
				}
			}
		})
	}
}

// TestOldTor: a tor that works, and that the public network does not take.
func TestOldTor(t *testing.T) {
	const old, todo = "0.4.8.21", "do something"
	t.Run("to be started", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			return // where a script is no program
		}
		p := newPatient(t)
		p.cfg.Binary = filepath.Join(p.dir, "tor")
		if err := os.WriteFile(p.cfg.Binary, []byte("#!/bin/sh\necho Tor version "+old+".\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		found, _ := p.examine(t)
		wants(t, found, "tor", doctor.Warn, old+"; the public network takes 0.4.9 and newer "+todo)
	})
	t.Run("that runs", func(t *testing.T) {
		p := newPatient(t)
		p.fakeTor(t, tortest.FakeVersion(old))
		found, _ := p.examine(t)
		wants(t, found, "bootstrap", doctor.Warn, old+"; the public network takes 0.4.9 and newer "+todo)
	})
	t.Run("that does not get there", func(t *testing.T) {
		p := newPatient(t)
		p.fakeTor(t, tortest.FakeVersion(old)).SetBootstrap(5, "conn", "Connecting to a relay")
		p.cfg.Patience = 100 * time.Millisecond
		found, _ := p.examine(t)
		wants(t, found, "bootstrap", doctor.Fail, "takes 0.4.9 and newer "+todo)
	})
}

// TestNode asks the node that runs how its Tor is doing.
func TestNode(t *testing.T) {
	p := newPatient(t)
	p.fakeTor(t)
	d, err := p.cfg.StartTor(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n, err := node.Open(t.Context(), node.Config{Profile: p.open(t), Daemon: d})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	server, err := n.Serve(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := n.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.cfg.StartTor = nil // nobody needs it
	found, _ := p.examine(t)
	wants(t, found, "node", doctor.OK, "answers")
	wants(t, found, "bootstrap", doctor.OK, "can be reached")
}

func TestInterrupted(t *testing.T) {
	p := newPatient(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := doctor.Run(ctx, p.cfg, func(doctor.Result) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
