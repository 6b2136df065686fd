package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/recovery"
	"github.com/onionwire/onionwire/node/contactlink"
)

// interview asks at the terminal for what a new profile needs.
type interview struct {
	options *initOptions
	stdio   stdio
	notes   io.Writer
}

// names asks for the names that the command line does not say.
func (i *interview) names(ctx context.Context, named, called bool) error {
	o := i.options
	if !named {
		fmt.Fprintln(i.notes, "A profile is one identity, with its own address, contacts and messages.\n"+
			"Its name is for you: contacts do not see it. Press Enter to call it "+o.profile.name+".")
		err := i.until(ctx, "Name of the profile", func(answer string) error {
			if answer != "" {
				o.profile.name = answer
			}
			return o.vacant()
		})
		if err != nil {
			return err
		}
	}
	if called {
		return nil
	}
	fmt.Fprintln(i.notes, "\nWhat are contacts told to call you? It need not be your real name, and\ncan be empty.")
	return i.until(ctx, "Your name", func(answer string) error {
		o.name = answer
		return contactlink.CheckName(answer)
	})
}

// tries is how often somebody can answer a question wrongly.
const tries = 10

// until asks for a line until take has nothing against it.
func (i *interview) until(ctx context.Context, what string, take func(string) error) (err error) {
	for range tries {
		var answer string
		if answer, err = i.line(ctx, what); err != nil {
			return err
		}
		if err = take(answer); err == nil {
			return nil
		}
		fmt.Fprintln(i.notes, err)
	}
	return cli.Usage(err)
}

// passphrase asks for one, twice, or for a word that there is to be none.
func (i *interview) passphrase(ctx context.Context) ([]byte, error) {
	fmt.Fprintln(i.notes, "\nEverything is sealed under a passphrase. Nobody can reset it: choose\n"+
		"several words that nobody guesses, and that you do not forget. Leave it\nempty to have none.")
	flag, s := &i.options.protection.passphrase, i.stdio.secrets()
	first, err := s.existing(ctx, flag)
	if err != nil {
		return nil, err
	}
	if len(first) > 0 {
		return s.again(ctx, flag, first)
	}
	fmt.Fprintln(i.notes, "Without one, whoever can read the files of this computer can read all\nmessages, and be you.")
	switch answer, err := i.line(ctx, "Type none to go without"); {
	case err != nil:
		return nil, err
	case !strings.EqualFold(answer, "none"):
		return nil, cli.Hint(cli.Usage(errors.New("the passphrase is empty, and nothing was made")), "choose one of several words that nobody can guess")
	}
	return nil, nil
}

// words shows the words, and asks for some of them, unless somebody wants that later. They
// are gone from the screen when they are asked for.
func (i *interview) words(ctx context.Context, words []string) error {
	for {
		skip, err := i.showWords(ctx, words)
		if skip {
			fmt.Fprintln(i.notes, "Not asked for. 'onionwire words' shows the words again.")
		}
		if err != nil || skip {
			return err
		}
		check, again := recovery.New(words), false
		for !check.Done() && !again {
			answer, err := i.line(ctx, fmt.Sprintf("Word %d, or Enter to see them again", check.Place()))
			if err != nil {
				return err
			}
			if again = answer == ""; !again {
				if wrong := check.Answer(answer); wrong != "" {
					fmt.Fprintln(i.notes, wrong)
				}
			}
		}
		if !again {
			fmt.Fprintln(i.notes, "They are right. Keep the paper where nobody else sees it.")
			return nil
		}
	}
}

// Sequences by which a terminal shows another screen, and goes back to the one before.
const (
	otherScreen = "\x1b[?1049h\x1b[2J\x1b[H"
	firstScreen = "\x1b[?1049l"
)

// showWords shows the words until somebody has written them down, or skips that.
func (i *interview) showWords(ctx context.Context, words []string) (skip bool, err error) {
	if os.Getenv("TERM") != "dumb" {
		fmt.Fprint(i.notes, otherScreen)
		defer fmt.Fprint(i.notes, firstScreen)
	}
	const width = 47
	fmt.Fprintf(i.notes, "Write these words on paper, in this order. If this computer is lost, they make\n"+
		"your profile again, with its identity and without its messages. Whoever has\nthem is you.\n\n%s\n\n"+
		"As long as this computer works, 'onionwire words' shows them again.\n\n", strings.Join(recovery.Columns(words, width), "\n"))
	answer, err := i.line(ctx, "Press Enter when you have them, to be asked for three, or type skip")
	return strings.EqualFold(answer, "skip"), err
}

// line asks for a line that everybody may see. If ctx ends first, the read goes on until
// the program ends.
func (i *interview) line(ctx context.Context, what string) (string, error) {
	fmt.Fprintf(i.notes, "%s: ", what)
	type answer struct {
		text []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := readLine(i.stdio.in)
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		return strings.TrimSpace(string(a.text)), a.err
	case <-ctx.Done():
		fmt.Fprintln(i.notes)
		return "", context.Cause(ctx)
	}
}

// maxTypedLine bounds an answer, in bytes: names and words are shorter.
const maxTypedLine = 1024

// readLine reads no more than a line, without its end: what follows is another answer.
func readLine(in io.Reader) (line []byte, err error) {
	var b [1]byte
	for len(line) <= maxTypedLine {
		if _, err := io.ReadFull(in, b[:]); err != nil {
			return nil, cli.ErrInterrupted // the terminal is gone, or somebody has ended the input
		}
		if b[0] == '\n' {
			return line, nil
		}
		line = append(line, b[0])
	}
	return nil, fmt.Errorf("what was typed is longer than %d bytes", maxTypedLine)
}
