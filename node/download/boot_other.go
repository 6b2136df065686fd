//go:build !linux

package download

// boot does not tell one start of the system from another.
func boot() string { return "" }
