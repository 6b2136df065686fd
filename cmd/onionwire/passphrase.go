package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/vault"
)

// secretFlag is where a passphrase comes from: the first line of a file, the next line
// of a file descriptor, or whoever sits at the terminal. It is never on the command
// line, which other users can read, nor in the environment.
type secretFlag struct {
	flag string // without the dashes, and without what follows passphrase
	what string // as in "the passphrase of the export"
	file string // - is standard input
	fd   int    // or none
	open *os.File
}

// noFD is the descriptor of a flag that was not given.
const noFD = -1

// register adds --passphrase-file and --passphrase-fd, with something before them.
func (f *secretFlag) register(fs *pflag.FlagSet, prefix, what string) {
	f.flag, f.what = prefix+"passphrase", what
	fs.StringVar(&f.file, f.flag+"-file", "", "`FILE` whose first line is "+what+", - for standard input (default: ask for it)")
	fs.IntVar(&f.fd, f.flag+"-fd", noFD, "file descriptor `N` whose next line is "+what)
	fs.Lookup(f.flag + "-fd").DefValue = "0" // it is none, which is not worth a word
}

// given reports whether nobody is to be asked.
func (f *secretFlag) given() bool { return f.file != "" || f.fd != noFD }

// check finds what does not go together.
func (f *secretFlag) check() error {
	switch {
	case f.file != "" && f.fd != noFD:
		return cli.Hint(cli.Usage(fmt.Errorf("--%s-file and --%s-fd do not go together", f.flag, f.flag)), "choose one or the other")
	case f.fd < noFD:
		return cli.Hint(cli.Usage(fmt.Errorf("--%s-fd %d is no file descriptor", f.flag, f.fd)), "it is a number from 0 on, of a descriptor that is open")
	}
	return nil
}

// errNotTheSame means that somebody has mistyped a new passphrase.
var errNotTheSame = errors.New("these were two different passphrases")

// secrets asks for passphrases.
type secrets struct {
	in  io.Reader // standard input
	out io.Writer // where questions go
}

// existing returns a passphrase that was chosen before. The caller clears it.
func (s secrets) existing(ctx context.Context, f *secretFlag) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.given() {
		return s.fromFile(f)
	}
	if !cli.IsTerminal(s.in) {
		return nil, cli.Hint(cli.Usage(fmt.Errorf("nobody is there to be asked for %s", f.what)),
			"give it with --"+f.flag+"-file FILE, where - is standard input, or --"+f.flag+"-fd N")
	}
	return s.ask(ctx, f.what)
}

// fresh returns a passphrase that is chosen now, which is asked for twice.
func (s secrets) fresh(ctx context.Context, f *secretFlag) ([]byte, error) {
	first, err := s.existing(ctx, f)
	if err == nil && len(first) == 0 {
		err = cli.Hint(cli.Usage(errors.New("the passphrase is empty")), "choose one of several words that nobody can guess")
	}
	if err != nil || f.given() {
		return first, err
	}
	return s.again(ctx, f, first)
}

// again asks once more for a passphrase that was typed, and clears it if the second one is
// another.
func (s secrets) again(ctx context.Context, f *secretFlag, first []byte) ([]byte, error) {
	again, err := s.ask(ctx, f.what+", once more")
	defer clear(again)
	if err == nil && !bytes.Equal(first, again) {
		err = cli.Hint(errNotTheSame, "nothing was changed; try it again")
	}
	if err != nil {
		clear(first)
		return nil, err
	}
	return first, nil
}

// fromFile reads the first line of a file, and of standard input or a descriptor no
// more than that: what follows is for somebody else.
func (s secrets) fromFile(f *secretFlag) ([]byte, error) {
	in, name := s.in, "--"+f.flag+"-file"
	switch {
	case f.fd != noFD:
		name = "--" + f.flag + "-fd"
		if f.open == nil { // it is kept: with the last reference the system's is closed
			f.open = os.NewFile(uintptr(f.fd), name)
		}
		in = f.open
	case f.file != "-":
		file, err := os.Open(f.file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		defer file.Close()
		in = file
	}
	line, err := readSecret(in)
	if errors.Is(err, syscall.EBADF) {
		return nil, cli.Hint(cli.Usage(fmt.Errorf("%s: descriptor %d is not open", name, f.fd)), "open it for reading, as the shell does: "+name+" 9 9< FILE")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return line, nil
}

// readSecret reads a line, byte by byte.
func readSecret(in io.Reader) ([]byte, error) {
	line := make([]byte, 0, vault.MaxPassphrase+len("\r"))
	var b [1]byte
	for {
		_, err := io.ReadFull(in, b[:])
		switch {
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil && b[0] == '\n':
			return bytes.TrimSuffix(line, []byte("\r")), nil
		case err == nil && len(line) == cap(line):
			err = fmt.Errorf("the first line is longer than %d bytes", vault.MaxPassphrase)
		case errors.Is(err, io.EOF):
			err = errors.New("there is no line in it")
		}
		if err != nil {
			clear(line)
			return nil, err
		}
		line = append(line, b[0])
	}
}

// question is what is asked for as the beginning of a line.
func question(what string) string {
	what = strings.TrimPrefix(what, "the ")
	return strings.ToUpper(what[:1]) + what[1:]
}
