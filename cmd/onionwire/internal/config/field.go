package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// field is a place in a Config for the value of a key.
type field interface {
	// reset puts what holds if nothing is set.
	reset()
	// take puts a value as TOML has it.
	take(value any) error
	// parse turns what people type into a value as TOML has it.
	parse(text string) (any, error)
	// text returns the value as people type it.
	text() string
}

// errKind means that a value is of another type, or out of range.
var errKind = errors.New("a value of another kind")

// maxText bounds a text in bytes: bridge lines are the longest, and have hundreds.
const maxText = 4096

type textField struct {
	p     *string
	start string
	check func(string) error // nil takes everything
}

func (f textField) reset() { *f.p = f.start }

func (f textField) take(value any) error {
	s, ok := value.(string)
	if !ok || !plain(s) {
		return errKind
	}
	if f.check != nil {
		if err := f.check(s); err != nil {
			return err
		}
	}
	*f.p = s
	return nil
}

func (f textField) parse(text string) (any, error) { return text, nil }
func (f textField) text() string                   { return *f.p }

type switchField struct {
	p     *bool
	start bool
}

func (f switchField) reset() { *f.p = f.start }

func (f switchField) take(value any) error {
	b, ok := value.(bool)
	if !ok {
		return errKind
	}
	*f.p = b
	return nil
}

func (f switchField) parse(text string) (any, error) {
	switch strings.ToLower(text) {
	case "true", "on", "yes", "1":
		return true, nil
	case "false", "off", "no", "0":
		return false, nil
	}
	return nil, errKind
}

func (f switchField) text() string { return strconv.FormatBool(*f.p) }

type durationField struct {
	p        *time.Duration
	start    time.Duration
	min, max time.Duration // of those that are not 0
}

func (f durationField) reset() { *f.p = f.start }

func (f durationField) take(value any) error {
	s, ok := value.(string)
	if !ok {
		return errKind
	}
	d, err := time.ParseDuration(s)
	if err != nil || d != 0 && (d < f.min || d > f.max) {
		return errKind
	}
	*f.p = d
	return nil
}

func (f durationField) parse(text string) (any, error) { return text, nil }

func (f durationField) text() string {
	s := f.p.String() // such as 1h0m0s
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

type listField struct {
	get   func() []string
	set   func([]string)
	check func(string) error // nil takes everything
	most  int
}

func (f listField) reset() { f.set(nil) }

func (f listField) take(value any) error {
	var list []string
	switch v := value.(type) {
	case string:
		list = []string{v}
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return errKind
			}
			list = append(list, s)
		}
	default:
		return errKind
	}
	if len(list) > f.most {
		return errKind
	}
	for _, s := range list {
		if s == "" || !plain(s) {
			return errKind
		}
		if f.check != nil {
			if err := f.check(s); err != nil {
				return err
			}
		}
	}
	f.set(list)
	return nil
}

// parse takes one element a line, or what TOML takes between brackets.
func (f listField) parse(text string) (any, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") {
		var v struct{ List []any }
		if err := toml.Unmarshal([]byte("List = "+text), &v); err != nil {
			return nil, errKind
		}
		return v.List, nil
	}
	list := []any{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list, nil
}

func (f listField) text() string { return strings.Join(f.get(), "\n") }

// plain reports whether a text has no control characters and is not too long.
func plain(s string) bool {
	return len(s) <= maxText && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// among returns a check for one of several words.
func among(choices []string) func(string) error {
	return func(s string) error {
		if !slices.Contains(choices, s) {
			return errKind
		}
		return nil
	}
}
