package download

import "golang.org/x/sys/windows"

// available returns how many bytes this user may still write in a folder, and
// whether that is known.
func available(folder string) (uint64, bool) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, false
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(path, &free, nil, nil)
	return free, err == nil
}
