//go:build dist

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// everywhere makes the releases for all systems: go test -tags dist -args -all
var everywhere = flag.Bool("all", false, "make releases for all systems, which takes many minutes")

// copySource copies what a release is made of: what would be in an archive of the source,
// without the checkout.
func copySource(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case e.IsDir() && slices.Contains([]string{".git", ".tools", "bin", "dist"}, inside):
			return fs.SkipDir
		case e.IsDir():
			return os.MkdirAll(filepath.Join(to, inside), 0o755)
		case !e.Type().IsRegular() || strings.HasSuffix(inside, "_test.go"):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, inside), content, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// makeOnce makes a release of a folder.
func makeOnce(t *testing.T, source string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "dist")
	var log strings.Builder
	only := wanted().String()
	if *everywhere {
		only = ""
	}
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	defer cancel()
	err := run(ctx, []string{
		"-source", source, "-out", out, "-targets", only,
		"-version", "v1.2.3-rc.1", "-commit", strings.Repeat("c0ffee", 6) + "c0de", "-date", "2026-03-01T12:00:00+01:00",
	}, &log)
	t.Log(log.String())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wanted is the target that is tested: the one that can be run here, if possible.
func wanted() target {
	if t := (target{runtime.GOOS, runtime.GOARCH}); slices.Contains(targets, t) {
		return t
	}
	return targets[0]
}

// TestReproducible makes a release twice, in different folders and under other settings.
// Both have the same bytes. What is compiled they share; it takes minutes all the same
// where nothing is compiled yet, hence the build tag, which 'make deb' sets.
func TestReproducible(t *testing.T) {
	source := copySource(t, filepath.Join("..", "..", ".."))
	first := makeOnce(t, source)
	for _, cache := range []string{"GOCACHE", "GOMODCACHE"} {
		out, err := exec.CommandContext(t.Context(), "go", "env", cache).Output()
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(cache, strings.TrimSpace(string(out)))
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("TZ", "Pacific/Chatham")
	t.Setenv("LANG", "tr_TR.UTF-8")
	t.Setenv("GOAMD64", "v3")
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	second := makeOnce(t, copySource(t, source))
	a, b := contents(t, first), contents(t, second)
	if len(a) < 3 {
		t.Errorf("only %d files are made", len(a))
	}
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			t.Errorf("%s is different the second time", name)
		}
	}
	t.Run("sums", func(t *testing.T) { checkSums(t, a) })
	t.Run("archive", func(t *testing.T) { checkArchive(t, a) })
	t.Run("list", func(t *testing.T) { checkList(t, a) })
	t.Run("package", func(t *testing.T) { checkPackage(t, a) })
}

func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]byte)
	for _, e := range entries {
		if all[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func checkSums(t *testing.T, made map[string][]byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(made[sumsFile])), "\n")
	if len(lines) != len(made)-1 {
		t.Errorf("%d files have %d sums", len(made)-1, len(lines))
	}
	for _, line := range lines {
		sum, name, ok := strings.Cut(line, "  ")
		if !ok || sum != fmt.Sprintf("%x", sha256.Sum256(made[name])) {
			t.Errorf("the line %q is wrong", line)
		}
	}
}

// archived returns the files of a compressed tar.
func archived(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err == nil {
			files[h.Name], err = io.ReadAll(r)
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Uname != "root" || !h.ModTime.Equal(time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)) {
			t.Errorf("%s is %s's, of %s", h.Name, h.Uname, h.ModTime)
		}
	}
}

// The archive has what it should, and the program in it says what it is.
func checkArchive(t *testing.T, made map[string][]byte) {
	t.Helper()
	system := wanted()
	folder := fmt.Sprintf("onionwire_1.2.3-rc.1_%s_%s", system.os, system.arch)
	files := archived(t, made[folder+".tar.gz"])
	for _, name := range []string{
		"onionwire", "onionping", "LICENSE", "README.md", "man/onionwire.1", "man/onionwire-send.1", "completions/onionwire.bash",
		"completions/_onionwire", "completions/onionwire.fish", "completions/onionwire.ps1", "docs/guide.md", "packaging/systemd/onionwire@.service",
	} {
		if len(files[folder+"/"+name]) == 0 {
			t.Errorf("there is no %s", name)
		}
	}
	page := string(files[folder+"/man/onionwire.1"])
	if !strings.Contains(page, `"Onionwire v1.2.3\-rc.1"`) {
		t.Error("the page of the manual does not say of which version it is")
	}
	for name, content := range files {
		if home, err := os.UserHomeDir(); err == nil && bytes.Contains(content, []byte(home+"/")) {
			t.Errorf("%s knows the home folder of who made it", name)
		}
		if bytes.Contains(content, []byte(os.TempDir()+"/Test")) {
			t.Errorf("%s knows where it was made", name)
		}
	}
	program := filepath.Join(t.TempDir(), "onionwire")
	if err := os.WriteFile(program, files[folder+"/onionwire"], 0o700); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), program, "--version").Output()
	want := regexp.MustCompile(`^onionwire version v1\.2\.3-rc\.1\ncommit (c0ffee){6}c0de of 2026-03-01, go[0-9.]+\S* ` + system.String() + "\n$")
	if err != nil || !want.Match(out) {
		t.Errorf("it says %q, %v", out, err)
	}
}

// The list names the modules of the program, as go version -m does.
func checkList(t *testing.T, made map[string][]byte) {
	t.Helper()
	system := wanted()
	var list bom
	d := json.NewDecoder(bytes.NewReader(made[fmt.Sprintf("onionwire_1.2.3-rc.1_%s_%s.cdx.json", system.os, system.arch)]))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	if list.Format != "CycloneDX" || list.Spec != "1.6" || list.Metadata.Component.Version != "v1.2.3-rc.1" ||
		list.Metadata.Timestamp != "2026-03-01T11:00:00Z" || len(list.Components) != len(list.Dependencies[0].DependsOn) {
		t.Errorf("it begins with %+v", list.Metadata)
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(list.Serial) {
		t.Errorf("the serial number is %q", list.Serial)
	}
	seen := make(map[string]bool)
	for _, c := range list.Components {
		if seen[c.Ref] || !strings.HasPrefix(c.Purl, "pkg:golang/"+c.Name+"@") {
			t.Errorf("%+v", c)
		}
		seen[c.Ref] = true
	}
	folder := fmt.Sprintf("onionwire_1.2.3-rc.1_%s_%s", system.os, system.arch)
	program := archived(t, made[folder+".tar.gz"])[folder+"/onionwire"]
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"std@" + strings.TrimPrefix(info.GoVersion, "go")}
	for _, m := range info.Deps {
		want = append(want, m.Path+"@"+m.Version)
	}
	var got []string
	for _, c := range list.Components {
		got = append(got, c.Name+"@"+c.Version)
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 50 || !slices.Equal(got, want) {
		t.Errorf("the modules are %q, want %q", got, want)
	}
}

// The package is one of deb(5), and brings what it should.
func checkPackage(t *testing.T, made map[string][]byte) {
	t.Helper()
	if wanted().os != "linux" {
		return // where no package is made
	}
	b := made["onionwire_1.2.3~rc.1_"+wanted().arch+".deb"]
	if !bytes.HasPrefix(b, []byte("!<arch>\n")) {
		t.Fatal("it is no package")
	}
	parts := make(map[string][]byte)
	for rest := b[8:]; len(rest) > 60; {
		var size int
		if _, err := fmt.Sscan(string(rest[48:58]), &size); err != nil || string(rest[58:60]) != "`\n" {
			t.Fatalf("a header is %q", rest[:60])
		}
		parts[strings.TrimSpace(string(rest[:16]))] = rest[60 : 60+size]
		rest = rest[60+size+size%2:]
	}
	if string(parts["debian-binary"]) != "2.0\n" {
		t.Errorf("the parts are %v", len(parts))
	}
	control, data := archived(t, parts["control.tar.gz"]), archived(t, parts["data.tar.gz"])
	for _, field := range []string{"Package: onionwire\n", "Version: 1.2.3~rc.1\n", "Architecture: " + wanted().arch + "\n", "Depends: tor "} {
		if !strings.Contains(string(control["./control"]), field) {
			t.Errorf("there is no %q in\n%s", field, control["./control"])
		}
	}
	for _, name := range []string{
		"usr/bin/onionwire", "usr/bin/onionping", "usr/lib/systemd/system/onionwire@.service",
		"usr/lib/systemd/system/onionwire-tor@.service", "usr/share/man/man1/onionwire-serve.1.gz",
		"usr/share/bash-completion/completions/onionwire", "usr/share/doc/onionwire/copyright", "usr/share/doc/onionwire/systemd/attached-tor.conf",
	} {
		if len(data["./"+name]) == 0 {
			t.Errorf("there is no %s", name)
		}
		if !strings.Contains(string(control["./md5sums"]), "  "+name+"\n") {
			t.Errorf("there is no sum of %s", name)
		}
	}
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		cmd := exec.CommandContext(t.Context(), "sh", "-n")
		cmd.Stdin = bytes.NewReader(control["./"+script])
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v, %s", script, err, out)
		}
	}
}
