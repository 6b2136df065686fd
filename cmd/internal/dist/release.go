package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// release names what is made.
type release struct {
	version string // such as v1.2.3, or v0.0.0-20260301120000-0123456789ab without a tag
	commit  string // "-dirty" is behind it if files were changed since
	time    time.Time
}

// fromGit asks git for the commit that is checked out.
func fromGit(ctx context.Context, dir string) (release, error) {
	ask := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
		out, err := cmd.Output()
		if err != nil {
			return "", fmt.Errorf("git %s: %w", args[0], err)
		}
		return strings.TrimSpace(string(out)), nil
	}
	var r release
	var err error
	if r.commit, err = ask("rev-parse", "HEAD"); err != nil {
		return r, err
	}
	stamp, err := ask("show", "-s", "--format=%cI", "HEAD")
	if err != nil {
		return r, err
	}
	if r.time, err = time.Parse(time.RFC3339, stamp); err != nil {
		return r, err
	}
	r.time = r.time.UTC()
	changed, err := ask("status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return r, err
	}
	tag, err := ask("describe", "--tags", "--exact-match", "--match", "v[0-9]*")
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit): // there is none
		r.version = fmt.Sprintf("v0.0.0-%s-%.12s", r.time.Format("20060102150405"), r.commit)
	case err != nil:
		return r, err
	default:
		r.version = tag
	}
	if changed != "" {
		r.version += "+dirty"
		r.commit += "-dirty"
	}
	return r, nil
}

// plain is the version without the v, as in the names of files.
func (r release) plain() string { return strings.TrimPrefix(r.version, "v") }

// preRelease is the part of a version that makes it come before the one without it.
var preRelease = regexp.MustCompile(`^(\d+\.\d+\.\d+)-(.*)$`)

// debian is the version as Debian orders versions: 1.2.0~rc.1 comes before 1.2.0.
func (r release) debian() string {
	v := preRelease.ReplaceAllString(r.plain(), "$1~$2")
	return strings.ReplaceAll(v, "-", ".")
}
