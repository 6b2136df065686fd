package cli

import "runtime/debug"

// Version is what the Go tool has stamped into the program: a release, or the
// commit that it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}
