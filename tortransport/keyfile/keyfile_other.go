//go:build !unix

package keyfile

import "io/fs"

// openFlags is empty: named pipes have no place in the file tree here.
const openFlags = 0

// checkPermissions accepts every file: the mode that Go reports on these
// platforms is made up, and says nothing of who has access.
func checkPermissions(string, fs.FileMode) error { return nil }

// syncFolder does nothing: folders cannot be opened for flushing here.
func syncFolder(string) error { return nil }
