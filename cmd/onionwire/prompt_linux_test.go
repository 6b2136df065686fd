package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

const (
	firstPassphrase  = "correct horse battery staple"
	secondPassphrase = "zażółć gęślą jaźń"
)

// answer waits for a question at the terminal and types the answer.
func answer(t *testing.T, p *clitest.Process, question, text string) {
	t.Helper()
	p.Out.AwaitPrompt(t, question+": ")
	p.Say(text)
	p.Out.Await(t, question+": ")
}

// unseen fails the test if something that was typed was shown.
func unseen(t *testing.T, p *clitest.Process, secrets ...string) {
	t.Helper()
	for _, s := range secrets {
		if strings.Contains(p.Out.String(), s) {
			t.Errorf("the terminal shows %q", s)
		}
	}
}

func TestPassphraseIsAskedFor(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	p := box.StartAtTerminal("init")
	answer(t, p, "New passphrase", firstPassphrase)
	answer(t, p, "New passphrase, once more", firstPassphrase)
	link := p.Out.Await(t, "onionwire:")
	p.WantStatus(0, clitest.Soon)
	unseen(t, p, firstPassphrase)

	id := box.StartAtTerminal("id")
	answer(t, id, "Passphrase of the profile", firstPassphrase)
	if got := id.Out.Await(t, "onionwire:"); got != link {
		t.Error("id prints another link")
	}
	id.WantStatus(0, clitest.Soon)

	wrong := box.StartAtTerminal("id")
	answer(t, wrong, "Passphrase of the profile", "correct horse")
	wrong.WantStatus(3, clitest.Soon)
	wrong.WantError("wrong passphrase", "try again")
	unseen(t, wrong, "correct horse", link)

	change := box.StartAtTerminal("passphrase")
	answer(t, change, "Passphrase of the profile", firstPassphrase)
	answer(t, change, "New passphrase", secondPassphrase)
	answer(t, change, "New passphrase, once more", secondPassphrase)
	change.Out.Await(t, "has a new passphrase")
	change.WantStatus(0, clitest.Soon)
	unseen(t, change, firstPassphrase, secondPassphrase)

	words := box.StartAtTerminal("words")
	answer(t, words, "Passphrase of the profile", secondPassphrase)
	words.WantStatus(0, clitest.Soon)
	lines := words.Out.All()
	all := strings.Join(lines[len(lines)-4:], " ")
	if n := len(strings.Fields(all)); n != 24 {
		t.Fatalf("%d words are shown: %q", n, lines)
	}

	restored := box.StartAtTerminal("restore", "--profile", "again", "--no-passphrase")
	answer(t, restored, "24 words", strings.ToUpper(all))
	if got := restored.Out.Await(t, "onionwire:"); got != link {
		t.Error("the words make another identity")
	}
	restored.WantStatus(0, clitest.Soon)
	unseen(t, restored, strings.ToUpper(all))
}

func TestNothingIsMadeAfterAMistake(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	for name, end := range map[string]func(*clitest.Process){
		"two passphrases": func(p *clitest.Process) {
			answer(t, p, "New passphrase", firstPassphrase)
			answer(t, p, "New passphrase, once more", secondPassphrase)
			p.WantStatus(1, clitest.Soon)
			p.WantError("two different passphrases", "try it again")
		},
		"an empty one": func(p *clitest.Process) {
			answer(t, p, "New passphrase", "")
			p.WantStatus(2, clitest.Soon)
			p.WantError("the passphrase is empty", "choose one")
		},
		"Ctrl-C": func(p *clitest.Process) {
			p.Out.AwaitPrompt(t, "New passphrase: ")
			p.Say("half\x03")
			p.WantStatus(130, clitest.Soon)
		},
		"a signal": func(p *clitest.Process) {
			answer(t, p, "New passphrase", firstPassphrase)
			p.Out.AwaitPrompt(t, "once more: ")
			p.End(syscall.SIGTERM, 130)
		},
	} {
		p := box.StartAtTerminal("init")
		end(p)
		p.WantEcho()
		unseen(t, p, firstPassphrase, secondPassphrase, "half")
		if _, err := os.Stat(filepath.Join(box.Data(), "onionwire", "default")); !os.IsNotExist(err) {
			t.Errorf("%s: a profile is made: %v", name, err)
		}
	}
}

// TestLinkAtTerminal shows the QR code where somebody can see it.
func TestLinkAtTerminal(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	p := s.StartAtTerminal("link")
	p.Out.Await(t, s.link)
	p.WantStatus(0, clitest.Soon)
	if text := p.Out.String(); !strings.Contains(text, "█") || !strings.Contains(text, "\x1b[38;5;231;48;5;16m") {
		t.Error("there is no QR code in black and white")
	}
}
