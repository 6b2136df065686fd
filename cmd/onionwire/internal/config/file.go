package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxFile bounds a file, in bytes.
const maxFile = 1 << 20

// read returns the content of a file, which need not be there.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, &Error{Where: path, reason: errors.New("the file is too large"), Hint: "it has 1 MiB at most"}
	}
	return b, nil
}

// takeFile sets what a file says. Errors are without its name.
func (c *Config) takeFile(content []byte, source Source) error {
	values, err := decode(content)
	if err != nil {
		return err
	}
	places := locate(content)
	// By lines, so that the first mistake is the one that is told.
	for _, name := range slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		if d := places[a].line - places[b].line; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	}) {
		if err := c.take(name, values[name], source); err != nil {
			var e *Error
			if errors.As(err, &e) {
				e.Line = places[name].line
			}
			return err
		}
	}
	return nil
}

// decode returns the values of a file by the names of their keys. Tables in it that are
// none of ours are values, too.
func decode(content []byte) (map[string]any, error) {
	var tree map[string]any
	if err := toml.Unmarshal(content, &tree); err != nil {
		var e *toml.DecodeError
		if !errors.As(err, &e) {
			return nil, &Error{reason: fmt.Errorf("%w: %w", ErrSyntax, err), Hint: syntaxHint}
		}
		line, _ := e.Position()
		return nil, &Error{
			Line: line, reason: fmt.Errorf("%w: %s", ErrSyntax, strings.TrimPrefix(e.Error(), "toml: ")), Hint: syntaxHint,
		}
	}
	values := make(map[string]any)
	for key, value := range tree {
		table, ok := value.(map[string]any)
		if !ok || !isTable(key) {
			values[key] = value
			continue
		}
		for inner, value := range table {
			values[key+"."+inner] = value
		}
	}
	return values, nil
}

const syntaxHint = `a line is a key, "=", and a value; texts are in quotes`

// isTable reports whether names of keys begin with a name and a point.
func isTable(name string) bool {
	return slices.ContainsFunc(table, func(k Key) bool { return strings.HasPrefix(k.Name, name+".") })
}

// place is where a key is in a file.
type place struct {
	line int // from 1 on
	// Offsets: of the name, of the value, and of what follows it. They are 0 for a key
	// in an inline table.
	start, value, end int
}

// locate returns the places of the keys in a file that decode takes, by their names.
func locate(content []byte) map[string]place {
	places := make(map[string]place)
	var prefix []string
	var p unstable.Parser
	p.Reset(content)
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			var first unstable.Range
			prefix, first = keyOf(e)
			note(places, strings.Join(prefix, "."), place{line: lineOf(content, first)})
		case unstable.KeyValue:
			name, first := keyOf(e)
			name = append(slices.Clone(prefix), name...)
			end := int(e.Raw.Offset + e.Raw.Length)
			at := place{line: lineOf(content, first), start: int(first.Offset), end: end}
			at.value = at.start + valueOffset(content[at.start:end])
			note(places, strings.Join(name, "."), at)
			inline(content, places, name, e.Value())
		}
	}
	return places
}

// note keeps the first place of a name.
func note(places map[string]place, name string, at place) {
	if _, ok := places[name]; !ok {
		places[name] = at
	}
}

// inline notes the keys of an inline table.
func inline(content []byte, places map[string]place, prefix []string, value *unstable.Node) {
	if value.Kind != unstable.InlineTable {
		return
	}
	for it := value.Children(); it.Next(); {
		if n := it.Node(); n.Kind == unstable.KeyValue {
			name, first := keyOf(n)
			note(places, strings.Join(append(slices.Clone(prefix), name...), "."), place{line: lineOf(content, first)})
		}
	}
}

// keyOf returns the parts of a key, and where the first of them is.
func keyOf(n *unstable.Node) (parts []string, first unstable.Range) {
	for it := n.Key(); it.Next(); {
		if parts == nil {
			first = it.Node().Raw
		}
		parts = append(parts, string(it.Node().Data))
	}
	return parts, first
}

func lineOf(content []byte, r unstable.Range) int {
	return 1 + bytes.Count(content[:r.Offset], []byte("\n"))
}

// valueOffset returns where the value begins in a key, "=" and a value. An "=" may be in
// the quotes of a key.
func valueOffset(pair []byte) int {
	var quote byte
	for i := 0; i < len(pair); i++ {
		switch c := pair[i]; {
		case quote == '"' && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '=':
			i++
			for i < len(pair) && (pair[i] == ' ' || pair[i] == '\t') {
				i++
			}
			return i
		}
	}
	return len(pair)
}
