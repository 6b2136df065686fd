//go:build linux || darwin

package disk

import "golang.org/x/sys/unix"

func available(folder string) (uint64, bool) {
	var s unix.Statfs_t
	for {
		err := unix.Statfs(folder, &s)
		if err == nil {
			return s.Bavail * uint64(s.Bsize), s.Bsize > 0 && s.Blocks > 0 // some count nothing
		}
		if err != unix.EINTR {
			return 0, false
		}
	}
}
