package main

import "testing"

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"hello":                 "hello",
		"zażółć 🧅 👩‍🚀":          "zażółć 🧅 👩‍🚀",
		"\x1b[31mred":           "<001B>[31mred",
		"a\rb\x00c\x7f\u009b":   "a<000D>b<0000>c<007F><009B>",
		"evil\u202etxt.exe":     "evil<202E>txt.exe",
		"zero\u200bwidth":       "zero<200B>width",
		"one\nyou: two":         "one\n  you: two",
		"a\tb":                  "a    b",
		"très\u202fbien\u00a0!": "très\u202fbien\u00a0!",
		"一\u3000二":              "一\u3000二",
		"one\u2028you: two":     "one<2028>you: two",
		"\u2066x\u2069":         "<2066>x<2069>",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}
