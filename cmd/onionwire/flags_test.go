package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestDefaultsInHelp: a flag that has no default does not say that it has one.
func TestDefaultsInHelp(t *testing.T) {
	nothing := regexp.MustCompile(`\(default (""|-1|0s?|\[\])?\)`)
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for line := range strings.Lines(c.UsageString()) {
			if nothing.MatchString(line) {
				t.Errorf("%s: %s", c.CommandPath(), strings.TrimSpace(line))
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot())
}
