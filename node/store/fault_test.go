package store_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// faultyFiles are files of which the n-th change fails. If it is the power that
// fails, all later ones do too.
type faultyFiles struct {
	vfs.VFS
	left  int // changes until the failure, or negative for never
	err   error
	power bool

	open []*faultyFile
}

// step fails if it is the turn of this change to fail. A full disk refuses only
// writes.
func (v *faultyFiles) step(writes bool) error {
	if !writes && v.err == error(sqlite3.FULL) {
		return nil
	}
	if v.left == 0 {
		if !v.power {
			v.left = -1
		}
		return v.err
	}
	if v.left > 0 {
		v.left--
	}
	return nil
}

func (v *faultyFiles) Delete(name string, syncDir bool) error {
	if err := v.step(false); err != nil {
		return err
	}
	return v.VFS.Delete(name, syncDir)
}

func (v *faultyFiles) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	file, flags, err := v.VFS.(vfs.VFSFilename).OpenFilename(name, flags)
	if err != nil {
		return file, flags, err
	}
	f := &faultyFile{File: file, disk: v, path: name.String()}
	v.open = append(v.open, f)
	return f, flags, nil
}

// cut takes back, sector by sector, some of what was written and not flushed.
func (v *faultyFiles) cut(t *testing.T, random *rand.Rand) {
	t.Helper()
	for _, f := range v.open {
		file, err := os.OpenFile(f.path, os.O_RDWR, 0)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := len(f.before) - 1; i >= 0; i-- {
			for at := 0; at < len(f.before[i].content); at += sector {
				if random.IntN(2) == 0 {
					continue
				}
				end := min(at+sector, len(f.before[i].content))
				if _, err := file.WriteAt(f.before[i].content[at:end], f.before[i].offset+int64(at)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// faultyFile knows what was in it before everything that is not flushed.
type faultyFile struct {
	vfs.File
	disk   *faultyFiles
	path   string
	before []piece
}

type piece struct {
	offset  int64
	content []byte
}

func (f *faultyFile) WriteAt(b []byte, offset int64) (int, error) {
	if f.disk.power {
		content := make([]byte, len(b)) // zeros where there was nothing
		_, _ = f.File.ReadAt(content, offset)
		f.before = append(f.before, piece{offset, content})
	}
	if err := f.disk.step(true); err != nil {
		if f.disk.power {
			_, _ = f.File.WriteAt(b, offset) // cut takes some of it back
		} else {
			_, _ = f.File.WriteAt(b[:len(b)/2], offset)
		}
		return 0, err
	}
	return f.File.WriteAt(b, offset)
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.disk.step(false); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultyFile) Sync(flags vfs.SyncFlag) error {
	if err := f.disk.step(false); err != nil {
		return err
	}
	if err := f.File.Sync(flags); err != nil {
		return err
	}
	f.before = nil
	return nil
}

// work adds messages until one is refused or all are acknowledged. Now and then it
// has the log written into the database.
func work(t *testing.T, s *store.Store, messages int) (acknowledged int, err error) {
	t.Helper()
	for n := range messages {
		err := s.Update(t.Context(), func(tx *store.Update) error {
			return tx.Apply(
				added(numbered(n)),
				ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: fmt.Appendf(make([]byte, 1000+n), " %d", n)}},
			)
		})
		if err != nil {
			return n, err
		}
		if n%2 == 1 {
			if err := s.Compact(t.Context()); err != nil {
				return n + 1, err
			}
		}
	}
	return messages, nil
}

// wantMessages fails the test unless the first messages are there, acknowledged or
// the one after, and the database is whole.
func wantMessages(t *testing.T, s *store.Store, acknowledged int) {
	t.Helper()
	got := bodies(t, s)
	if len(got) != acknowledged && len(got) != acknowledged+1 {
		t.Errorf("%d messages are there, %d were acknowledged", len(got), acknowledged)
	}
	for n, body := range got {
		if want := fmt.Sprintf("message number%d", n); body != want {
			t.Errorf("message %d is %q", n, body)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

const workload = 4 // messages, with a checkpoint in their middle and one at the end

func TestPowerCutAtEveryWrite(t *testing.T) {
	t.Parallel()
	content := template(t)
	for n, done := 0, false; !done; n++ {
		if n > 1000 {
			t.Fatal("there is no end of writes")
		}
		random := rand.New(rand.NewPCG(uint64(n), 1))
		folder := fromTemplate(t, content)
		disk := &faultyFiles{VFS: osFiles, left: n, err: syscall.EIO, power: true}
		acknowledged := 0
		s, err := store.OpenOn(t.Context(), folder, newKeys(t, 1, 2), disk, store.Schema)
		if err == nil {
			acknowledged, err = work(t, s, workload)
			if closeErr := s.Close(); err == nil {
				err = closeErr
			}
		}
		done = err == nil && disk.left > 0
		disk.cut(t, random)
		s = reopen(t, folder)
		wantMessages(t, s, acknowledged)
		if err := workMore(t, s); err != nil {
			t.Errorf("cut at %d: it does not go on: %v", n, err)
		}
		closeStore(t, s)
		if t.Failed() {
			t.Fatalf("power cut at change %d", n)
		}
	}
}

// workMore adds one message that is not numbered.
func workMore(t *testing.T, s *store.Store) error {
	t.Helper()
	return s.Update(t.Context(), func(tx *store.Update) error {
		return tx.Apply(added(ledger.Message{Number: 99, Conversation: 1, Sender: 1, Body: "more"}))
	})
}

// After an error of the disk nobody knows what is on it: a block that was written in
// part has the end of an earlier transaction in it. The store says so until it is
// opened again, which finds out.
func TestADiskErrorAtEveryWrite(t *testing.T) {
	for name, tt := range map[string]struct{ cause, want error }{
		"broken": {syscall.EIO, store.ErrDisk},
		"full":   {sqlite3.FULL, store.ErrFull}, // as the real files put it
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := template(t)
			for n, done := 0, false; !done; n++ {
				folder := fromTemplate(t, content)
				disk := &faultyFiles{VFS: osFiles, left: n, err: tt.cause}
				s, err := store.OpenOn(t.Context(), folder, newKeys(t, 1, 2), disk, store.Schema)
				acknowledged := 0
				if err == nil {
					acknowledged, err = work(t, s, workload)
				} else if !errors.Is(err, tt.want) {
					t.Fatalf("change %d: error is %v, want %v", n, err, tt.want)
				}
				if s != nil && err != nil {
					if !errors.Is(err, tt.want) {
						t.Fatalf("change %d: error is %v, want %v", n, err, tt.want)
					}
					if err := workMore(t, s); !errors.Is(err, tt.want) {
						t.Fatalf("change %d: the store goes on, error is %v", n, err)
					}
				}
				if s != nil {
					_ = s.Close()
				}
				done = disk.left > 0
				s = reopen(t, folder)
				wantMessages(t, s, acknowledged)
				closeStore(t, s)
				if t.Failed() {
					t.Fatalf("failed at change %d", n)
				}
			}
		})
	}
}
