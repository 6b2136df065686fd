package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

// file is a file of an archive.
type file struct {
	name    string // with slashes
	mode    fs.FileMode
	content []byte
}

// shells are those that there are completions for, with the names of their files.
var shells = []struct{ shell, file string }{
	{"bash", "completions/onionwire.bash"},
	{"zsh", "completions/_onionwire"},
	{"fish", "completions/onionwire.fish"},
	{"powershell", "completions/onionwire.ps1"},
}

// documents are files of the source that come with the programs.
var documents = []string{
	"LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md",
	"docs/guide.md", "docs/configuration.md", "docs/rpc.md", "docs/threat-model.md",
	"packaging/config.toml", "packaging/systemd/onionwire@.service", "packaging/systemd/onionwire-tor@.service",
	"packaging/systemd/attached-tor.conf", "packaging/systemd/passphrase.conf",
	"examples/README.md", "examples/echobot.py",
}

// extras returns what is the same for all targets: documents, and what a program that
// runs here says about itself.
func (j job) extras(ctx context.Context, program string) ([]file, error) {
	var files []file
	for _, name := range documents {
		content, err := os.ReadFile(filepath.Join(j.source, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		mode := fs.FileMode(0o644)
		if filepath.Ext(name) == ".py" {
			mode = 0o755
		}
		files = append(files, file{name, mode, content})
	}
	pages := filepath.Join(j.work, "man")
	if _, err := say(ctx, program, "man", "--dir", pages); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(pages)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(pages, e.Name()))
		if err != nil {
			return nil, err
		}
		files = append(files, file{"man/" + e.Name(), 0o644, content})
	}
	for _, s := range shells {
		content, err := say(ctx, program, "completion", s.shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{s.file, 0o644, content})
	}
	return files, nil
}

// nobodysHome is a folder that is nobody's, which is shown as ~ in texts that name a folder below it.
const nobodysHome = "/home/nobody"

// say runs a program in an empty environment, and returns what it says.
func say(ctx context.Context, program string, args ...string) ([]byte, error) {
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env, cmd.Stderr = []string{"HOME=" + nobodysHome, "LOCALAPPDATA=" + nobodysHome, "SystemRoot=" + os.Getenv("SystemRoot")}, &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", filepath.Base(program), args[0], err, complaint.Bytes())
	}
	return out, nil
}
