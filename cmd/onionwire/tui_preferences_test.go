package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// settingsOf are preferences with files of a new folder, and a command line.
func settingsOf(t *testing.T, global, profile string, args ...string) (*preferences, config.Files) {
	t.Helper()
	dir := t.TempDir()
	files := config.Files{Global: filepath.Join(dir, "global.toml"), Profile: filepath.Join(dir, "profile.toml")}
	for path, content := range map[string]string{files.Global: global, files.Profile: profile} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(cli.TorFlags).Register(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &preferences{func() config.Files { return files }, flags}, files
}

func preference(t *testing.T, p *preferences, name string) tui.Preference {
	t.Helper()
	all, err := p.All()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(one tui.Preference) bool { return one.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return all[i]
}

// TestPreferencesSayWhereTheyComeFrom, nearest to the user first.
func TestPreferencesSayWhereTheyComeFrom(t *testing.T) {
	t.Setenv("ONIONWIRE_EDITOR", "vim")
	t.Setenv("ONIONWIRE_MOUSE", "")
	p, _ := settingsOf(t, "theme = 'light'\nmouse = false\n", "[tor]\npath = 'mytor'\nbridges = ['192.0.2.1:1']\n[keys]\nquit = 'f10'\n",
		"--tor-bridge", "192.0.2.2:2", "--tor-bridge", "192.0.2.3:3")
	for _, want := range []tui.Preference{
		{Name: "theme", Value: "light", Source: "file for all profiles"},
		{Name: "mouse", Value: "false", Source: "file for all profiles"},
		{Name: "editor", Value: "vim", Source: "environment", Decider: "the environment variable ONIONWIRE_EDITOR"},
		{Name: "tor.path", Value: "mytor", Source: "file of the profile"},
		{Name: "tor.bridges", Value: "192.0.2.2:2\n192.0.2.3:3", Source: "command line", Decider: "the command line (--tor-bridge)"},
		{Name: "keys.quit", Value: "f10", Source: "file of the profile"},
		{Name: "keys.send"},
		{Name: "lock_after", Value: "0s"},
	} {
		got := preference(t, p, want.Name)
		if got.Value != want.Value || got.Source != want.Source || got.Decider != want.Decider {
			t.Errorf("%s is %+v", want.Name, got)
		}
	}
	for name, want := range map[string][]string{"mouse": {"true", "false"}, "theme": {"auto", "dark", "light", "16", "plain"}, "editor": nil} {
		if got := preference(t, p, name).Choices; !slices.Equal(got, want) {
			t.Errorf("of %s there are %q", name, got)
		}
	}
}

// TestPreferencesAreKept with all else that is in the file, and taken out again.
func TestPreferencesAreKept(t *testing.T) {
	const before = "# mine\ntheme = 'dark' # at night\n\n[keys] # of my own\nquit = 'f10'\n"
	p, files := settingsOf(t, "mouse = false\n", before)
	is, err := p.Set(t.Context(), "keys.go-to", "ctrl+g\nf12")
	if err != nil || is.Value != "ctrl+g\nf12" || is.Source != "file of the profile" {
		t.Errorf("it is %+v, %v", is, err)
	}
	content := func() string {
		t.Helper()
		b, err := os.ReadFile(files.Profile)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if got := content(); got != before+"go-to = ['ctrl+g', 'f12']\n" {
		t.Errorf("the file is\n%s", got)
	}
	if is, err = p.Reset(t.Context(), "keys.go-to"); err != nil || is.Value != "" || is.Source != "" {
		t.Errorf("it is %+v, %v", is, err)
	}
	if got := content(); got != before {
		t.Errorf("the file is\n%s", got)
	}
	if is, err := p.Set(t.Context(), "mouse", "true"); err != nil || is.Value != "true" {
		t.Errorf("it is %+v, %v", is, err)
	}
	if is, err := p.Reset(t.Context(), "mouse"); err != nil || is.Value != "false" || is.Source != "file for all profiles" {
		t.Errorf("it is %+v, %v", is, err)
	}
}

// TestBridgeAndItsProgram: the program that a bridge needs is found, or said to be missing.
func TestBridgeAndItsProgram(t *testing.T) {
	const obfs4 = "obfs4 192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=x iat-mode=0"
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	p, files := settingsOf(t, "", "tor.transports = ['meek=/usr/bin/meek']\n")
	if _, err := p.Set(t.Context(), "tor.bridges", obfs4); err == nil || !strings.Contains(err.Error(), "apt install obfs4proxy") {
		t.Errorf("without a program: %v", err)
	}
	if _, err := p.Set(t.Context(), "tor.bridges", "strange 192.0.2.7:443"); err == nil || !strings.Contains(err.Error(), "strange=PROGRAM") {
		t.Errorf("of an unknown kind: %v", err)
	}
	program := filepath.Join(dir, "lyrebird")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	lines := "192.0.2.1:1\n@/etc/bridges\nmeek 192.0.2.2:2\nBridge " + obfs4 + "\n" + obfs4
	if _, err := p.Set(t.Context(), "tor.bridges", lines); err != nil {
		t.Fatal(err)
	}
	set, err := config.Load(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"meek=/usr/bin/meek", "obfs4=" + program}; !slices.Equal(set.Tor.Transports, want) || len(set.Tor.Bridges) != 5 {
		t.Errorf("transports %q and %d bridges", set.Tor.Transports, len(set.Tor.Bridges))
	}
	if is, err := p.Set(t.Context(), "tor.bridges", ""); err != nil || is.Value != "" {
		t.Errorf("without bridges: %+v, %v", is, err)
	}
}

// TestPreferencesRefuse what is wrong, and to write to files of which one cannot be read.
func TestPreferencesRefuse(t *testing.T) {
	p, files := settingsOf(t, "", "theme = 'dark'\n")
	for _, c := range []struct{ name, value, says string }{
		{"lock_after", "soon", "a duration"},
		{"tor.bridges", "nonsense", "bridge"},
		{"keys.go-to", "hyper+x", "ctrl+k"},
		{"theem", "dark", "did you mean theme?"},
	} {
		if _, err := p.Set(t.Context(), c.name, c.value); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s = %s: %v", c.name, c.value, err)
		}
	}
	for _, path := range []string{files.Profile, files.Global} {
		const broken = "theme = 'dark'\nthme = 'dark'\n"
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		_, setting := p.Set(t.Context(), "theme", "light")
		_, all := p.All()
		for _, err := range []error{setting, all} {
			if err == nil || !strings.Contains(err.Error(), path+", line 2") || !strings.Contains(err.Error(), "did you mean theme?") {
				t.Errorf("%s is broken: %v", filepath.Base(path), err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != broken {
			t.Errorf("%s was changed to %q, %v", filepath.Base(path), got, err)
		}
		if err := os.WriteFile(path, was, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
