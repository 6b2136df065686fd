package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// What a release is, set by the linker (cmd/internal/dist). Releases do without the
// stamps of the Go tool: these depend on the folder being a checkout, so that others
// could not make the same bytes of an archive.
var (
	release string // such as v1.2.3
	commit  string // in hexadecimal digits
	date    string // of the commit, in RFC 3339
)

// Version is that of the release, or else what the Go tool has stamped into the program:
// the commit that it was built from.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}

// Date is that of the commit, or zero if nobody knows it.
func Date() time.Time {
	_, day := origin()
	t, err := time.Parse(time.RFC3339, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// origin returns the commit that the program was made from, and its date, as far as they
// are known.
func origin() (revision, day string) {
	if release != "" {
		return commit, date
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				revision = s.Value
			case "vcs.time":
				day = s.Value
			}
		}
	}
	return revision, day
}

// versionText is what --version prints behind the name of the program: two lines that say
// what was built, of what, and by what. A template for that would link text/template,
// which keeps the linker from leaving out methods that nobody calls.
func versionText() string {
	revision, day := origin()
	day, _, _ = strings.Cut(day, "T")
	origin := "commit " + cmp.Or(revision, "unknown")
	if day != "" {
		origin += " of " + day
	}
	return fmt.Sprintf("%s\n%s, %s %s/%s", Version(), origin, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
