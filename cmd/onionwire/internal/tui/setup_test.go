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
	tor        string
	fail       error
	name       string
	passphrase string
	made       int
	backend    **backend
}

func (s *setup) Missing(context.Context) (bool, error) { return s.missing, nil }
func (s *setup) Tor(context.Context) string            { return s.tor }

func (s *setup) Make(_ context.Context, name string, passphrase []byte) ([]string, error) {
	s.made++
	if s.fail != nil {
		return nil, s.fail
	}
	s.name, s.passphrase = name, string(passphrase)
	(*s.backend).passphrase = string(passphrase)
	return recoveryWords(), nil
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
	steps := []struct {
		name string
		do   func(u *ui)
	}{
		{"name", func(*ui) {}},
		{"passphrase", func(u *ui) { u.typed("Alice"); u.press("enter"); u.typed("correct horse") }},
		{"again", func(u *ui) { u.press("enter"); u.typed("correct horse"); u.press("enter") }},
		{"different", func(u *ui) { u.press("enter", "a", "enter", "b", "enter") }},
		{"none", func(u *ui) { u.press("enter", "enter") }},
		{"words", func(u *ui) { u.press("enter", "a", "enter", "a", "enter") }},
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
		u.sees("Welcome to Onionwire")
		u.typed("Alice")
		u.press("enter")
		u.typed("correct horse")
		u.press("enter")
		u.typed("correct horse")
		u.press("enter")
		u.sees("24 wordxx")
		u.press("enter")
		answer(u, 100)
		u.typed("wordzz")
		u.press("enter")
		u.sees("is another one")
		u.press("ctrl+u")
		answer(u, 5)
		answer(u, 100)
		u.sees("Choose a conversation")
		if s.name != "Alice" || s.passphrase != "correct horse" || s.made != 1 {
			t.Errorf("made %d as %q under %q", s.made, s.name, s.passphrase)
		}
	})
}

func TestFirstRunWithoutPassphrase(t *testing.T) {
	s := new(setup)
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter", "enter")
		u.sees("Without a passphrase")
		u.press("enter")
		u.sees("Type the word none")
		u.press("esc")
		u.sees("Passphrase")
		u.press("enter")
		u.typed("none")
		u.press("enter")
		u.sees("24 wordxx")
		u.press("esc") // no paper at hand
		u.sees("Choose a conversation")
		if s.passphrase != "" || s.made != 1 {
			t.Errorf("made %d under %q", s.made, s.passphrase)
		}
	})
}

func TestFirstRunAsksAgain(t *testing.T) {
	s := new(setup)
	firstRun(t, 80, 24, s, func(u *ui) {
		u.typed(strings.Repeat("ä", 40)) // more than a name can have
		u.press("enter", "a", "enter", "b", "enter")
		u.sees("two different passphrases")
		u.press("a", "esc")
		u.sees("What contacts are told")
		if s.made != 0 {
			t.Error("a profile was made")
		}
	})
}

func TestFirstRunFails(t *testing.T) {
	s := &setup{fail: errors.New("the disk is full")}
	firstRun(t, 80, 24, s, func(u *ui) {
		u.press("enter", "a", "enter", "a", "enter")
		u.sees("The profile could not be made: the disk is full")
		s.fail = nil
		u.press("enter", "a", "enter", "a", "enter")
		u.sees("24 wordxx")
	})
}

// Where there is a profile, nobody is asked.
func TestNoFirstRun(t *testing.T) {
	in(t, 80, 24, apitest.New, func(u *ui) { u.misses("Welcome") }, func(o *tui.Options) { o.Setup = new(setup) })
}

// On a small screen the words have to be looked through before they are asked for.
func TestFirstRunOnSmallScreen(t *testing.T) {
	firstRun(t, 40, 12, new(setup), func(u *ui) {
		u.press("enter", "a", "enter", "a", "enter")
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
