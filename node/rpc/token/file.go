package token

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// ErrPermissions means that other users can read the file of a token.
var ErrPermissions = durable.ErrPermissions

// Load reads a token from a file, in which it is a line. It fails with fs.ErrNotExist,
// ErrPermissions or ErrMalformed.
func Load(path string) (Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return Secret{}, fmt.Errorf("cannot read the token: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Secret{}, fmt.Errorf("cannot read the token: %w", err)
	}
	if err := durable.CheckPrivate(path, info.Mode()); err != nil {
		return Secret{}, fmt.Errorf("cannot use the token: %w", err)
	}
	const more = 3 // the end of a line, and one byte that is too much
	text, err := io.ReadAll(io.LimitReader(f, int64(len(prefix)+encoding.EncodedLen(size)+more)))
	if err != nil {
		return Secret{}, fmt.Errorf("cannot read the token: %w", err)
	}
	s, err := Parse(strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"))
	if err != nil {
		return Secret{}, fmt.Errorf("%w in %s", err, path)
	}
	return s, nil
}

// LoadOrCreate is Load, or if there is no file makes a token and a file of mode 0600
// for it. One process at a time may do so.
func LoadOrCreate(path string) (Secret, error) {
	s, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	s = New()
	temp := path + ".new"
	// What a crash has left was never anybody's token.
	if err := durable.Remove(temp); err != nil {
		return Secret{}, fmt.Errorf("cannot make a token: %w", err)
	}
	if err := durable.Create(temp, []byte(s.Reveal()+"\n")); err != nil {
		return Secret{}, fmt.Errorf("cannot make a token: %w", err)
	}
	if err := durable.Publish(temp, path); err != nil {
		return Secret{}, fmt.Errorf("cannot make a token: %w", err)
	}
	if err := durable.SyncFolder(filepath.Dir(path)); err != nil {
		return Secret{}, fmt.Errorf("cannot make a token: %w", err)
	}
	return s, nil
}
