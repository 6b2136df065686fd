package vault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/vault"
)

var errPower = errors.New("power is gone")

// cutDisk stops working at its n-th step: that one is not done, or only in part,
// and nothing is done after it. What it leaves is what a crash leaves.
type cutDisk struct {
	vault.RealDisk
	left int
	half bool // a file that is being written at that moment is there in part
}

func (d *cutDisk) step() error {
	if d.left == 0 {
		return errPower
	}
	d.left--
	return nil
}

func (d *cutDisk) Create(path string, data []byte) error {
	if err := d.step(); err != nil {
		if d.half {
			_ = os.WriteFile(path, data[:len(data)/2], 0o600)
		}
		return err
	}
	return d.RealDisk.Create(path, data)
}

func (d *cutDisk) Publish(temp, path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.RealDisk.Publish(temp, path)
}

func (d *cutDisk) Replace(temp, path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.RealDisk.Replace(temp, path)
}

func (d *cutDisk) Remove(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.RealDisk.Remove(path)
}

func (d *cutDisk) SyncFolder(path string) error {
	if err := d.step(); err != nil {
		return err
	}
	return d.RealDisk.SyncFolder(path)
}

// untilDone runs f with a disk that stops ever later, until f gets through.
func untilDone(t *testing.T, f func(t *testing.T, d *cutDisk) error) {
	t.Helper()
	for _, half := range []bool{false, true} {
		for n := 0; ; n++ {
			if n > 20 {
				t.Fatal("there is no end of steps")
			}
			done := false
			t.Run(fmt.Sprintf("step %d, half %v", n, half), func(t *testing.T) {
				err := f(t, &cutDisk{left: n, half: half})
				if err != nil && !errors.Is(err, errPower) {
					t.Fatalf("error is %v", err)
				}
				done = err == nil
			})
			if done {
				break
			}
		}
	}
}

func TestACrashDuringAChangeLeavesOneOfTheTwo(t *testing.T) {
	untilDone(t, func(t *testing.T, d *cutDisk) error {
		t.Helper()
		path, keys := created(t, protect(t, "old"))
		crash := vault.ChangeOn(d, path, []byte("old"), protect(t, "new"))

		passphrase := "old"
		got, err := vault.Open(path, []byte("old"))
		if errors.Is(err, vault.ErrPassphrase) {
			passphrase = "new"
			got, err = vault.Open(path, []byte("new"))
		}
		if err != nil {
			t.Fatalf("the file does not open: %v", err)
		}
		wantSame(t, got, keys)
		if crash == nil && passphrase != "new" {
			t.Error("the change is not there")
		}
		if err := vault.Change(path, []byte(passphrase), protect(t, "last")); err != nil {
			t.Fatalf("the next change fails: %v", err)
		}
		if got, err = vault.Open(path, []byte("last")); err != nil {
			t.Fatal(err)
		}
		wantSame(t, got, keys)
		wantAlone(t, path)
		return crash
	})
}

func TestACrashDuringCreateLeavesAllOrNothing(t *testing.T) {
	untilDone(t, func(t *testing.T, d *cutDisk) error {
		t.Helper()
		path, keys := private(t), vault.NewKeys()
		crash := vault.CreateOn(d, path, keys, protect(t, "p"))
		got, err := vault.Open(path, []byte("p"))
		if errors.Is(err, fs.ErrNotExist) {
			if crash == nil {
				t.Fatal("there is no file")
			}
			if err := vault.Create(path, keys, protect(t, "p")); err != nil {
				t.Fatalf("the next attempt fails: %v", err)
			}
			got, err = vault.Open(path, []byte("p"))
		}
		if err != nil {
			t.Fatalf("the file does not open: %v", err)
		}
		wantSame(t, got, keys)
		wantAlone(t, path)
		return crash
	})
}

// lossyDisk says that it has written and has not.
type lossyDisk struct{ vault.RealDisk }

func (lossyDisk) Create(path string, data []byte) error {
	return os.WriteFile(path, make([]byte, len(data)), 0o600)
}

func TestTheOldFileStaysUntilTheNewOneIsProven(t *testing.T) {
	path, keys := created(t, protect(t, "old"))
	err := vault.ChangeOn(lossyDisk{}, path, []byte("old"), protect(t, "new"))
	if !errors.Is(err, vault.ErrDamaged) {
		t.Errorf("error is %v, want ErrDamaged", err)
	}
	got, err := vault.Open(path, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	wantAlone(t, path)
}

// refusingDisk answers every new file with an error of the system.
type refusingDisk struct {
	vault.RealDisk
	err error
}

func (d refusingDisk) Create(path string, _ []byte) error {
	return &fs.PathError{Op: "open", Path: path, Err: d.err}
}

func TestAFailedChangeLeavesTheOldFile(t *testing.T) {
	path, keys := created(t, protect(t, "old"))
	err := vault.ChangeOn(refusingDisk{err: syscall.EIO}, path, []byte("old"), protect(t, "new"))
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("error is %v, want EIO", err)
	}
	got, err := vault.Open(path, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	wantAlone(t, path)
}

// fullDisk is what the system says when there is no room.
type fullDisk struct{ vault.RealDisk }

func (fullDisk) Create(path string, _ []byte) error {
	return durable.Explain(&fs.PathError{Op: "write", Path: path, Err: syscall.ENOSPC})
}
