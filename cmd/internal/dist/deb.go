package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// deb makes a Debian package, whose format is that of deb(5). It is written here so that
// it is the same wherever it is made.
func (j job) deb(t target, programs, extras []file) ([]byte, error) {
	data, err := j.installed(programs, extras)
	if err != nil {
		return nil, err
	}
	control, err := j.control(t, data)
	if err != nil {
		return nil, err
	}
	controlTar, err := tarred(dotted(control), j.release.time)
	if err != nil {
		return nil, err
	}
	dataTar, err := tarred(dotted(data), j.release.time)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, f := range []file{
		{"debian-binary", 0o644, []byte("2.0\n")}, {"control.tar.gz", 0o644, controlTar}, {"data.tar.gz", 0o644, dataTar},
	} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", f.name, j.release.time.Unix(), 0, 0, 0o100000|f.mode, len(f.content))
		b.Write(f.content)
		if len(f.content)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}

// dotted gives files the names that dpkg gives them.
func dotted(files []file) (named []file) {
	for _, f := range files {
		named = append(named, file{"./" + f.name, f.mode, f.content})
	}
	return named
}

// installed returns the files of the package where they go.
func (j job) installed(programs, extras []file) ([]file, error) {
	const doc = "usr/share/doc/onionwire/"
	var files []file
	add := func(name string, f file) { files = append(files, file{name, f.mode, f.content}) }
	for _, f := range programs {
		add("usr/bin/"+f.name, f)
	}
	for _, f := range extras {
		base := path.Base(f.name)
		switch {
		case strings.HasPrefix(f.name, "man/"):
			content, err := compressed(f.content)
			if err != nil {
				return nil, err
			}
			add("usr/share/man/man1/"+base+".gz", file{mode: f.mode, content: content})
		case base == "onionwire.bash":
			add("usr/share/bash-completion/completions/onionwire", f)
		case base == "_onionwire":
			add("usr/share/zsh/vendor-completions/_onionwire", f)
		case base == "onionwire.fish":
			add("usr/share/fish/vendor_completions.d/onionwire.fish", f)
		case base == "onionwire.ps1":
		case path.Ext(base) == ".service":
			add("usr/lib/systemd/system/"+base, f)
		case strings.HasPrefix(f.name, "packaging/systemd/"):
			add(doc+"systemd/"+base, f)
		case f.name == "LICENSE":
			add(doc+"copyright", f)
		case base == "CHANGELOG.md":
			content, err := compressed(f.content)
			if err != nil {
				return nil, err
			}
			add(doc+"changelog.gz", file{mode: f.mode, content: content})
		case f.name == "packaging/config.toml":
			add(doc+"examples/"+base, f)
		default:
			add(doc+strings.TrimPrefix(f.name, "docs/"), f)
		}
	}
	return files, nil
}

// control returns what dpkg is told, and runs.
func (j job) control(t target, data []file) ([]file, error) {
	var sums strings.Builder
	size := 0
	for _, f := range sorted(data) {
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.content), f.name) //nolint:gosec // what dpkg compares files with, and no protection
		size += (len(f.content) + 1023) / 1024
	}
	about, err := os.ReadFile(filepath.Join(j.source, "packaging", "debian", "control"))
	if err != nil {
		return nil, err
	}
	fields := strings.NewReplacer("@VERSION@", j.release.debian(), "@ARCH@", t.arch, "@SIZE@", fmt.Sprint(size)).Replace(string(about))
	files := []file{{"control", 0o644, []byte(fields)}, {"md5sums", 0o644, []byte(sums.String())}}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		content, err := os.ReadFile(filepath.Join(j.source, "packaging", "debian", script))
		if err != nil {
			return nil, err
		}
		files = append(files, file{script, 0o755, content})
	}
	return files, nil
}

// compressed is what gzip -9n makes, without name and time.
func compressed(content []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	z.ModTime = time.Time{}
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
