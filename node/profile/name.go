package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// profileName is what can be the name of a folder on every system, and cannot be
// taken for an option or a path.
var profileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$`)

// deviceName is what Windows takes for a device in every folder.
var deviceName = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// CheckName reports why a name cannot be that of a profile, if so. The error matches
// ErrName.
func CheckName(name string) error {
	switch {
	case !profileName.MatchString(name):
		return fmt.Errorf("%w %q: letters, digits, - and _ are allowed, up to 64", ErrName, name)
	case deviceName.MatchString(name):
		return fmt.Errorf("%w %q: some systems take it for a device", ErrName, name)
	}
	return nil
}

// Names returns the names of the profiles in the folder root, sorted, those that are
// damaged among them. A root that is not there has none.
func Names(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list profiles: %w", err)
	}
	var names []string
	for _, e := range entries {
		if CheckName(e.Name()) == nil && recognise(filepath.Join(root, e.Name())) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// locate returns the folder of a profile, which need not be there, as a path that a
// change of the working folder does not change.
func locate(root, name string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	return filepath.Join(root, name), nil
}
