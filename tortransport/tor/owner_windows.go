package tor

import "io/fs"

// The temporary folder of a Windows user is that user's own.
func ownedByUs(fs.FileInfo) bool { return true }
