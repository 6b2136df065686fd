//go:build !linux

package keyfile

import "os"

// publish gives the file temp the further name path, and fails with fs.ErrExist
// if the name is taken. os.Rename would replace what is there. The caller removes
// temp.
func publish(temp, path string) error {
	return os.Link(temp, path)
}
