// Command dist makes what is released: programs for several systems, man pages and
// completions in archives, a Debian package, lists of what is in each program, and
// checksums. Who builds the same commit with the same Go gets the same bytes, wherever
// and whenever: nothing of the machine, the folder or the time goes into them.
//
//	go run ./cmd/internal/dist -out dist
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// target is a system that programs are made for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// targets are those of a release.
var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// job is one run.
type job struct {
	source  string // folder of the module
	out     string // folder for what is made
	work    string // folder for what is on the way, absolute
	release release
	log     io.Writer
}

func run(ctx context.Context, args []string, log io.Writer) error {
	flags := flag.NewFlagSet("dist", flag.ContinueOnError)
	flags.SetOutput(log)
	out := flags.String("out", "dist", "folder for what is made")
	source := flags.String("source", ".", "folder of the module")
	only := flags.String("targets", "", "`OS/ARCH,...` to build for (default: all)")
	version := flags.String("version", "", "version, such as v1.2.3 (default: ask git)")
	commit := flags.String("commit", "", "commit (default: ask git)")
	date := flags.String("date", "", "time of the commit, in RFC 3339 (default: ask git)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	chosen, err := parseTargets(*only)
	if err != nil {
		return err
	}
	j := job{source: *source, out: *out, log: log}
	if j.release, err = given(*version, *commit, *date); err != nil {
		return err
	}
	if j.release.version == "" {
		if j.release, err = fromGit(ctx, *source); err != nil {
			return err
		}
	}
	return j.make(ctx, chosen)
}

// given is a release whose parts were named.
func given(version, commit, date string) (r release, err error) {
	if version == "" && commit == "" && date == "" {
		return r, nil
	}
	if version == "" || commit == "" || date == "" {
		return r, errors.New("-version, -commit and -date are given together")
	}
	r = release{version: version, commit: commit}
	r.time, err = time.Parse(time.RFC3339, date)
	return r, err
}

// parseTargets reads a list, of which every one must be known.
func parseTargets(list string) ([]target, error) {
	if list == "" {
		return targets, nil
	}
	var chosen []target
	for word := range strings.SplitSeq(list, ",") {
		found := false
		for _, t := range targets {
			if t.String() == word {
				chosen, found = append(chosen, t), true
			}
		}
		if !found {
			return nil, fmt.Errorf("unknown target %q: there are %v", word, targets)
		}
	}
	return chosen, nil
}

// make makes a release into a folder that it empties first.
func (j job) make(ctx context.Context, chosen []target) error {
	if err := clean(j.out); err != nil {
		return err
	}
	var err error
	if j.work, err = os.MkdirTemp("", "dist-"); err != nil {
		return err
	}
	defer os.RemoveAll(j.work)
	fmt.Fprintf(j.log, "onionwire %s, commit %s, %s\n", j.release.version, j.release.commit, j.release.time.Format(time.DateOnly))
	host, err := j.build(ctx, target{runtime.GOOS, runtime.GOARCH}, "onionwire")
	if err != nil {
		return err
	}
	extras, err := j.extras(ctx, host)
	if err != nil {
		return err
	}
	for _, t := range chosen {
		if err := j.pack(ctx, t, extras); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return j.writeSums()
}

// clean makes an empty folder. It removes nothing but what dist makes.
func clean(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a release is for everybody
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "onionwire") && e.Name() != sumsFile {
			return fmt.Errorf("%s is in the way: it is nothing that was made here", filepath.Join(dir, e.Name()))
		}
	}
	for _, e := range entries {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
