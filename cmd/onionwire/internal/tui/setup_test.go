package tui_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// setup makes a profile in memory, which the backend then has.
type setup struct {
	missing    bool
	named      bool
	tor        string
	fail       error
	trouble    string
	profile    string
	name       string
	passphrase string
	made       int
	backend    **backend
}

func (s *setup) Missing(context.Context) (bool, error) { return s.missing, nil }
func (s *setup) Tor(context.Context) string            { return s.tor }

func (s *setup) Named() bool { return s.named }

func (s *setup) Check(profile string) error {
	if strings.Contains(profile, " ") {
		return errors.New("the name of a profile has no spaces")
	}
	return nil
}

func (s *setup) Make(_ context.Context, p tui.NewProfile) (tui.Made, error) {
	s.made++
	if s.fail != nil {
		return tui.Made{}, s.fail
	}
	s.profile, s.name, s.passphrase = p.Profile, p.Name, string(p.Passphrase)
	(*s.backend).passphrase = string(p.Passphrase)
	return tui.Made{Words: recoveryWords(), Trouble: s.trouble}, nil
}

func recoveryWords() (words []string) {
	for i := range 24 {
		words = append(words, fmt.Sprintf("word%c%c", 'a'+i, 'a'+i))
	}
	return words
}

// firstRun runs a test on a system without a profile.
func firstRun(t *testing.T, w, h int, s *setup, test func(u *ui)) {
	t.Helper()
	s.missing = true
	in(t, w, h, village, test, func(o *tui.Options) {
		o.Setup = s
		b := o.Backend.(*backend)
		s.backend = &b
	})
}

var wordAsked = regexp.MustCompile(`Word (\d+)\s`)

// answer types the word that is asked for, cut to a length.
func answer(u *ui, length int) {
	u.t.Helper()
	found := wordAsked.FindStringSubmatch(u.screen())
	if found == nil {
		u.t.Fatalf("no word is asked for:\n%s", u.screen())
	}
	n, _ := strconv.Atoi(found[1])
	word := recoveryWords()[n-1]
	u.typed(word[:min(length, len(word))])
	u.press("enter")
}

func TestScreensOfFirstRun(t *testing.T) {
	const tor = "There is no tor on this system. Install it with: apt install tor"
	sealed := func(u *ui) { u.press("enter", "enter", "a", "enter", "a", "enter") }
	steps := []struct {
		name string
		do   func(u *ui)
	}{
		{"profile", func(*ui) {}},
		{"profile-wrong", func(u *ui) { u.typed(" two"); u.press("enter") }},
		{"name", func(u *ui) { u.press("enter"); u.typed("Alice") }},
		{"passphrase", func(u *ui) { u.press("enter"); u.typed("Alice"); u.press("enter"); u.typed("correct horse") }},
		{"again", func(u *ui) { u.press("enter", "enter"); u.typed("correct horse"); u.press("enter") }},
		{"different", func(u *ui) { u.press("enter", "enter", "a", "enter", "b", "enter") }},
		{"none", func(u *ui) { u.press("enter", "enter", "enter") }},
		{"words", sealed},
		{"skip", func(u *ui) { sealed(u); u.press("esc") }},
	}
	for _, s := range steps {
		for _, size := range sizes {
			t.Run(s.name+"/"+size.name, func(t *testing.T) {
				firstRun(t, size.w, size.h, &setup{tor: tor}, func(u *ui) {
					s.do(u)
					u.misses("correct")
					u.golden("setup-" + s.name + "-" + size.name)
				})
			})
		}
	}
}

func TestFirstRun(t *testing.T) {
	s := new(setup)
	firstRun(t, 80, 24, s, func(u *ui) {
		u.sees("Welcome to Onionwire", "> default")
		u.press("ctrl+u")
		u.typed("my own")
		u.press("enter")
		u.sees("The name of a profile has no spaces.")
		u.press("ctrl+w")
		u.press("backspace")
		u.press("enter")
		u.typed("Alice")
		u.press("enter")
		u.typed("correct horse")
		u.press("enter")
		u.typed("correct horse")
		u.press("enter")
		u.sees("24 wordxx", "'onionwire words' shows them again")
		u.press("enter")
		answer(u, 100)
		u.typed("wordzz")
		u.press("enter")
		u.sees("is another one")
		u.press("ctrl+u")
		answer(u, 5)
		answer(u, 100)
		u.sees("Choose a conversation")
		if s.profile != "my" || s.name != "Alice" || s.passphrase != "correct horse" || s.made != 1 {
			t.Errorf("made %d of the name %q as %q under %q", s.made, s.profile, s.name, s.passphrase)
		}
	})
}

// Who has named the profile is not asked for its name.
func TestFirstRunOfNamedProfile(t *testing.T) {
	s := &setup{named: true}
	firstRun(t, 80, 24, s, func(u *ui) {
		u.sees("Welcome to Onionwire", "Your name, as contacts see it")
		u.press("esc") // there is nothing before
		u.sees("Your name, as contacts see it")
		u.press("enter", "a", "enter", "a", "enter")
		u.sees("24 wordxx")
		if s.profile != "default" {
			t.Errorf("made %q", s.profile)
		}
	})
}

func TestFirstRunWithoutPassphrase(t *testing.T) {
	s := new(setup)
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter", "enter", "enter")
		u.sees("Without a passphrase")
		u.press("enter")
		u.sees("Type the word none")
		u.press("esc")
		u.sees("Leave it empty to have none")
		u.press("enter")
		u.typed("none")
		u.press("enter")
		u.sees("24 wordxx")
		if s.passphrase != "" || s.made != 1 {
			t.Errorf("made %d under %q", s.made, s.passphrase)
		}
	})
}

// The words are skipped by a word only: a key is pressed too easily.
func TestFirstRunSkipsWords(t *testing.T) {
	firstRun(t, 80, 24, new(setup), func(u *ui) {
		u.press("enter", "enter", "a", "enter", "a", "enter")
		u.sees("24 wordxx")
		u.press("esc")
		u.misses("wordxx")
		u.sees("your identity is lost with it")
		u.press("esc")
		u.sees("24 wordxx")
		u.press("esc", "enter")
		u.sees("Type the word skip")
		u.typed("skip")
		u.press("enter")
		u.sees("Choose a conversation")
	})
}

func TestFirstRunAsksAgain(t *testing.T) {
	s := new(setup)
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter")
		u.typed(strings.Repeat("ä", 40)) // more than a name can have
		u.press("enter", "a", "enter", "b", "enter")
		u.sees("two different passphrases")
		u.press("a", "esc")
		u.sees("as contacts see it")
		u.press("esc")
		u.sees("Name of the profile")
		if s.made != 0 {
			t.Error("a profile was made")
		}
	})
}

// After a failure it goes on with what was typed.
func TestFirstRunFails(t *testing.T) {
	s := &setup{fail: errors.New("something went wrong"), trouble: "your name could not be kept"}
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter", "enter", "a", "enter", "a", "enter")
		u.sees("Something went wrong.", "What you have typed is still here", "Enter try again")
		u.press("x", "enter")
		u.sees("Something went wrong.")
		s.fail = nil
		u.press("enter")
		u.sees("24 wordxx", "Your name could not be kept.")
		if s.made != 3 || s.passphrase != "a" {
			t.Errorf("made %d under %q", s.made, s.passphrase)
		}
	})
	s = &setup{fail: errors.New("something went wrong")}
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter", "enter", "a", "enter", "a", "enter", "esc")
		u.sees("Name of the profile")
		s.fail = nil
		u.press("enter", "enter", "b", "enter", "b", "enter")
		u.sees("24 wordxx")
		if s.passphrase != "b" {
			t.Errorf("made under %q", s.passphrase)
		}
	})
}

// Where there is a profile, nobody is asked.
func TestNoFirstRun(t *testing.T) {
	in(t, 80, 24, apitest.New, func(u *ui) { u.misses("Welcome") }, func(o *tui.Options) { o.Setup = new(setup) })
}

// On a small screen the words have to be looked through before they are asked for.
func TestFirstRunOnSmallScreen(t *testing.T) {
	firstRun(t, 40, 12, new(setup), func(u *ui) {
		u.press("enter", "enter", "a", "enter", "a", "enter")
		u.sees("Enter more")
		seen := u.screen()
		for range 20 {
			if wordAsked.MatchString(u.screen()) {
				break
			}
			seen += u.screen()
			u.press("enter")
		}
		for i, word := range recoveryWords() {
			if !strings.Contains(seen, fmt.Sprintf("%2d %s", i+1, word)) {
				t.Errorf("word %d was not shown", i+1)
			}
		}
	})
}
