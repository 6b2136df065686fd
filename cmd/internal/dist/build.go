package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/compile"
)

const module = "github.com/onionwire/onionwire"

// build makes a program, once for each target. What goes into it is the source, the release, and the version of
// Go; not the folder (-trimpath), the checkout (-buildvcs=false), the settings of whoever
// builds it, or a C compiler.
func (j job) build(ctx context.Context, t target, program string) (path string, err error) {
	path = filepath.Join(j.work, t.os+"-"+t.arch, program)
	if t.os == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	const variables = " -X " + module + "/cmd/internal/cli."
	ldflags := compile.LinkFlags + variables + "release=" + j.release.version + variables + "commit=" + j.release.commit +
		variables + "date=" + j.release.time.UTC().Format(time.RFC3339)
	args := append([]string{"build"}, compile.Args()...)
	args = append(args, "-buildvcs=false", "-ldflags", ldflags, "-o", path, "./cmd/"+program)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = j.source, j.log
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOFIPS140=off")
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("build %s: %w", program, err)
	}
	if t.os == "linux" {
		err = static(path)
	}
	return path, err
}

// static refuses a program that needs a library of the system.
func static(path string) error {
	f, err := elf.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			return errors.New("the program is not static")
		}
	}
	return nil
}

// pack makes all that is released for a target.
func (j job) pack(ctx context.Context, t target, extras []file) error {
	var programs []file
	name := fmt.Sprintf("onionwire_%s_%s_%s", j.release.plain(), t.os, t.arch)
	for _, program := range []string{"onionwire", "onionping"} {
		path, err := j.build(ctx, t, program)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(j.log, "%-14s %-9s %8d bytes, %4.1f MiB\n", t, program, len(content), float64(len(content))/(1<<20))
		if t == (target{"linux", "amd64"}) && len(content) > compile.MaxSize {
			return fmt.Errorf("%s has more than %d bytes", program, compile.MaxSize)
		}
		programs = append(programs, file{filepath.Base(path), 0o755, content})
		if program == "onionwire" {
			list, err := sbom(path, j.release)
			if err != nil {
				return err
			}
			if err := j.publish(name+".cdx.json", list); err != nil {
				return err
			}
		}
	}
	archive, err := j.archive(t, name, append(programs, extras...))
	if err != nil {
		return err
	}
	if err := j.publish(name+archiveSuffix(t), archive); err != nil {
		return err
	}
	if t.os != "linux" {
		return nil
	}
	debName := strings.Join([]string{"onionwire", j.release.debian(), t.arch}, "_") + ".deb"
	deb, err := j.deb(t, programs, extras)
	if err != nil {
		return err
	}
	return j.publish(debName, deb)
}

// publish writes a file for everybody to read.
func (j job) publish(name string, content []byte) error {
	return os.WriteFile(filepath.Join(j.out, name), content, 0o644) //nolint:gosec // a release is for everybody
}
