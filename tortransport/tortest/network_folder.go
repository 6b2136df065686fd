package tortest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// folder is where a network keeps its files.
type folder struct {
	base  string // the caller's, or a temporary one
	state string // for the processes
	own   bool   // base did not exist before
	file  bool   // network.torrc is ours
}

func newFolder(base string) (*folder, error) {
	if base == "" {
		tmp, err := os.MkdirTemp("", "tortest-")
		return &folder{base: tmp, state: tmp, own: true}, err
	}
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(base, networkFile)); err == nil {
		return nil, fmt.Errorf("%s has a %s of another network", base, networkFile)
	}
	f := &folder{base: base}
	if _, err := os.Stat(base); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(base, 0o700); err != nil {
			return nil, err
		}
		f.own = true
	}
	if f.state, err = os.MkdirTemp(base, "tortest-"); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return f, nil
}

// publish writes network.torrc, but never over that of another network.
func (f *folder) publish(torrc string) error {
	file, err := os.OpenFile(filepath.Join(f.base, networkFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.file = true
	_, err = file.WriteString(torrc)
	return errors.Join(err, file.Close())
}

func (f *folder) remove() error {
	var errs []error
	if f.file {
		errs = append(errs, os.Remove(filepath.Join(f.base, networkFile)))
	}
	if f.state != "" {
		errs = append(errs, os.RemoveAll(f.state))
	}
	if f.own && f.state != f.base {
		// Only if nothing of the caller's is in it by now.
		_ = os.Remove(f.base)
	}
	return errors.Join(errs...)
}
