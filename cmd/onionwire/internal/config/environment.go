package config

import (
	"fmt"
	"slices"
	"strings"
)

// variablePrefix begins the names of variables.
const variablePrefix = "ONIONWIRE_"

// Variable returns the name of the environment variable for a key, or nothing if there
// is none: there is no such key, or it is that of an action.
func Variable(name string) string {
	if k, ok := lookup(name); !ok || k.many() {
		return ""
	}
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

// takeEnvironment sets what variables say. An empty one says nothing, as if it were not
// there; a list has one element a line or is written as in a file.
func (c *Config) takeEnvironment(environ []string) error {
	variables := make(map[string]string)
	for _, k := range table {
		if v := Variable(k.Name); v != "" {
			variables[v] = k.Name
		}
	}
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		variable, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(variable, variablePrefix) || text == "" {
			continue
		}
		name, ok := variables[variable]
		if !ok {
			return unknownVariable(variable, variables)
		}
		value, err := parse(name, text)
		if err == nil {
			err = c.take(name, value, Environment)
		}
		if err != nil {
			return at(err, variable)
		}
	}
	return nil
}

func unknownVariable(variable string, variables map[string]string) error {
	all := make([]string, 0, len(variables))
	for v := range variables {
		all = append(all, v)
	}
	hint := "unset it; docs/configuration.md lists all variables"
	if near := nearest(variable, all); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return &Error{Where: "environment", reason: fmt.Errorf("%w %s", ErrUnknown, shown(variable)), Hint: hint}
}

// parse turns what people type into a value as TOML has it. Errors are *Error.
func parse(name, text string) (any, error) {
	k, ok := lookup(name)
	if !ok {
		return nil, unknown(name)
	}
	value, err := k.fieldOf(defaults(), name).parse(text)
	if err != nil {
		return nil, wrong(name, k.hint())
	}
	return value, nil
}
