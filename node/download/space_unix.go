//go:build linux || darwin

package download

import "golang.org/x/sys/unix"

// available returns how many bytes this user may still write in a folder, and
// whether that is known.
func available(folder string) (uint64, bool) {
	var s unix.Statfs_t
	for {
		err := unix.Statfs(folder, &s)
		if err == nil {
			return s.Bavail * uint64(s.Bsize), s.Bsize > 0
		}
		if err != unix.EINTR {
			return 0, false
		}
	}
}
