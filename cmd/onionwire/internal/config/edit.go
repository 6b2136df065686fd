package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Check reports what is wrong with a value as people type it, if anything: an *Error.
func Check(name, text string) error {
	value, err := parse(name, text)
	if err != nil {
		return err
	}
	return defaults().take(name, value, Default)
}

// Set changes a key in the file at path, or adds it, to a value as people type it: a
// list has one element a line. The file is made if it is missing, with mode 0600, and is
// replaced in one step. All else that is in it, comments too, stays as it is. Where that
// cannot be, because the key is in an inline table for instance, the error matches
// ErrShape and nothing is changed. Nothing keeps two programs from writing the same file
// at the same time: the last one wins.
func Set(path, name, text string) error {
	if err := Check(name, text); err != nil {
		return err
	}
	value, err := parse(name, text)
	if err != nil {
		return err
	}
	return edit(path, name, func(content []byte, at place, found bool) ([]byte, error) {
		line, err := format(value)
		if err != nil {
			return nil, err
		}
		if found {
			return slices.Concat(content[:at.value], line, content[at.end:]), nil
		}
		return insert(content, name, line), nil
	}, value)
}

// Unset takes a key out of a file, with the comment that is behind it in its line, if it
// is in it. Otherwise it is as Set.
func Unset(path, name string) error {
	if _, ok := lookup(name); !ok {
		return unknown(name)
	}
	return edit(path, name, func(content []byte, at place, found bool) ([]byte, error) {
		if !found {
			return content, nil
		}
		start := bytes.LastIndexByte(content[:at.start], '\n') + 1
		end := len(content)
		if i := bytes.IndexByte(content[at.end:], '\n'); i >= 0 {
			end = at.end + i + 1
		}
		return slices.Concat(content[:start], content[end:]), nil
	}, nil)
}

// edit changes a file by a function, and makes sure that it has changed what it was to
// change and nothing else. want is the new value, or nil for none.
func edit(path, name string, change func(content []byte, at place, found bool) ([]byte, error), want any) error {
	content, err := read(path)
	if err != nil {
		return err
	}
	before, err := decode(content)
	if err == nil {
		err = defaults().takeFile(content, Global)
	}
	if err != nil {
		return at(err, path)
	}
	where, found := locate(content)[name]
	if found && where.end == 0 {
		return shape(path, name, where.line)
	}
	changed, err := change(content, where, found)
	if err != nil {
		return err
	}
	after, err := decode(changed)
	if err != nil {
		return shape(path, name, where.line)
	}
	delete(before, name)
	if want != nil {
		before[name] = want
	}
	if !reflect.DeepEqual(before, after) {
		return shape(path, name, where.line)
	}
	return replace(path, changed)
}

func shape(path, name string, line int) error {
	return &Error{
		Where: path, Line: line, reason: fmt.Errorf("%s %w", name, ErrShape),
		Hint: "the file is written in a way of its own; change it with an editor",
	}
}

// format writes a value as in a file.
func format(value any) ([]byte, error) {
	line, err := toml.Marshal(map[string]any{"x": value})
	if err != nil {
		return nil, err
	}
	return bytes.TrimSpace(bytes.TrimPrefix(line, []byte("x ="))), nil
}

// insert adds a key to its table, or to a new table at the end.
func insert(content []byte, name string, value []byte) []byte {
	content = slices.Clone(content)
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	table, key, inTable := strings.Cut(name, ".")
	if !inTable {
		table, key = "", name
	}
	s, found := find(content, table)
	switch {
	case !found && dotted(content, table):
		s, _ = find(content, "")
		key = name
	case !found:
		gap := ""
		if len(content) > 0 {
			gap = "\n"
		}
		return slices.Concat(content, []byte(gap+"["+table+"]\n"+key+" = "), value, []byte("\n"))
	}
	return slices.Insert(content, s.slot(content, key), slices.Concat([]byte(key+" = "), value, []byte("\n"))...)
}

// dotted reports whether a file has a table without a header: by names with points.
func dotted(content []byte, table string) bool {
	for name := range locate(content) {
		if strings.HasPrefix(name, table+".") {
			return true
		}
	}
	return false
}

// replace gives a file another content in one step, and the mode that it has.
func replace(path string, content []byte) (err error) {
	// A link to a file stays one.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".config-*.toml") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if info, err := os.Stat(path); err == nil {
		_ = f.Chmod(info.Mode().Perm()) // not on Windows
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
