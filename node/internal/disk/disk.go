// Package disk tells how much room there is.
package disk

// Available returns how many bytes this user may still write in a folder, and whether
// that is known. It is replaced by tests.
var Available = available
