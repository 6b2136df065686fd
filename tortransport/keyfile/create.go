package keyfile

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Create writes key to a new file at path, readable by the owner only, and
// returns when the file and its name are on the disk. The folder must exist.
//
// The error matches [io/fs.ErrExist] if something is at path already, be it a
// link that leads nowhere; it is left as it was. No error leaves a temporary file
// behind. If only flushing the folder failed, the complete file is at path and
// an error says that it may not survive a power cut.
func Create(path string, key ed25519.PrivateKey) error {
	// The file holds the seed alone. A key whose public half does not belong to
	// it would come back from Load as another one.
	if len(key) != ed25519.PrivateKeySize || !ed25519.NewKeyFromSeed(key.Seed()).Equal(key) {
		return errors.New("create key file: not an Ed25519 private key")
	}
	data, err := encode(key)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}

	folder := filepath.Dir(path)
	temp, err := writeTemp(folder, data)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	err = publish(temp, path)
	// Not there any more if publish renamed it. Removed before the folder is
	// flushed, so that the flush covers this too.
	_ = os.Remove(temp)
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	if err := syncFolder(folder); err != nil {
		return fmt.Errorf("create key file: flush folder: %w", err)
	}
	return nil
}

// writeTemp writes data to a new file of mode 0600 in folder, flushes it and
// returns its path. The file must be in the folder of its later name, because a
// rename or a link does not cross file systems.
func writeTemp(folder string, data []byte) (path string, err error) {
	f, err := os.CreateTemp(folder, ".key-*.tmp")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()

	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	// Close in any case: Windows does not remove a file that is open.
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return f.Name(), err
}
