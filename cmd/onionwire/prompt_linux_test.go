package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/recovery"
	"github.com/onionwire/onionwire/node/contactlink"
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

// names answers what init asks first.
func names(t *testing.T, p *clitest.Process) {
	t.Helper()
	answer(t, p, "Name of the profile", "")
	answer(t, p, "Your name", "")
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
	answer(t, p, "Name of the profile", "")
	answer(t, p, "Your name", "")
	answer(t, p, "New passphrase", firstPassphrase)
	answer(t, p, "New passphrase, once more", firstPassphrase)
	answer(t, p, "or type skip", "skip")
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

// shownWord is a word with its number, as it is shown.
var shownWord = regexp.MustCompile(`\b(\d{1,2}) ([a-z]{3,8})\b`)

// TestInitAsksForEverything that the command line does not say, and for three of the words.
func TestInitAsksForEverything(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	p := box.StartAtTerminal("init")
	answer(t, p, "Name of the profile", "my profile")
	p.Out.Await(t, "letters, digits")
	answer(t, p, "Name of the profile", "work")
	answer(t, p, "Your name", "Alice")
	answer(t, p, "New passphrase", "")
	answer(t, p, "Type none to go without", "NONE")
	p.Out.AwaitPrompt(t, "or type skip: ")
	words := make(map[string]string)
	for _, found := range shownWord.FindAllStringSubmatch(p.Out.String(), -1) {
		words[found[1]] = found[2]
	}
	if len(words) != 24 {
		t.Fatalf("%d words are shown", len(words))
	}
	p.Say("")
	asked := regexp.MustCompile(`Word (\d+), or Enter`)
	for range recovery.Asked {
		const rest = "to see them again: "
		place := asked.FindStringSubmatch(p.Out.AwaitPrompt(t, rest))
		p.Say(words[place[1]])
		p.Out.Await(t, rest+words[place[1]])
	}
	p.Out.Await(t, "They are right")
	link := p.Out.Await(t, "onionwire:")
	p.WantStatus(0, clitest.Soon)
	if l, err := contactlink.Parse(link); err != nil || l.Name != "Alice" {
		t.Errorf("the link has the name %q, %v", l.Name, err)
	}
	// It is the only profile, so nobody has to name it.
	box.Run(0, "contacts")
	box.Run(0, "init", "--profile", "other", "--no-passphrase")
	box.Run(2, "contacts").WantError("there are several profiles: other, work", "--profile other")
	box.Run(0, "init", "--no-passphrase")
	box.Run(0, "contacts")
}

func TestNothingIsMadeAfterAMistake(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	for name, end := range map[string]func(*clitest.Process){
		"two passphrases": func(p *clitest.Process) {
			names(t, p)
			answer(t, p, "New passphrase", firstPassphrase)
			answer(t, p, "New passphrase, once more", secondPassphrase)
			p.WantStatus(1, clitest.Soon)
			p.WantError("two different passphrases", "try it again")
		},
		"an empty one": func(p *clitest.Process) {
			names(t, p)
			answer(t, p, "New passphrase", "")
			answer(t, p, "Type none to go without", "no")
			p.WantStatus(2, clitest.Soon)
			p.WantError("the passphrase is empty", "choose one")
		},
		"Ctrl-C": func(p *clitest.Process) {
			names(t, p)
			p.Out.AwaitPrompt(t, "New passphrase: ")
			p.Say("half\x03")
			p.WantStatus(130, clitest.Soon)
		},
		"the end of the input": func(p *clitest.Process) {
			p.Out.AwaitPrompt(t, "Name of the profile: ")
			p.Say("\x04")
			p.WantStatus(130, clitest.Soon)
		},
		"a signal": func(p *clitest.Process) {
			names(t, p)
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

// TestDumbTerminal says why there is no interface, and what to do.
func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	box.Setenv("TERM", "dumb")
	p := box.StartAtTerminal()
	p.WantStatus(1, clitest.Soon)
	p.WantError("TERM is dumb", "onionwire --help")
}
