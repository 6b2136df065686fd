package download_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/download"
)

func TestTheDiskHasNoRoom(t *testing.T) {
	download.WithoutAllocation(t)
	dir := folder(t)
	download.SetAvailable(t, 100<<20)
	_, err := download.Begin(dir, 80<<20, 0)
	wantErr(t, err, download.ErrFull)
	wantNames(t, dir)

	file := content(60 << 20)
	d := begin(t, dir, len(file))
	write(t, d, file, 640) // 40 MiB
	check(t, d.Close())
	download.SetAvailable(t, 60<<20)
	check(t, resume(t, d.Path(), len(file), 640).Close())
	download.SetAvailable(t, 40<<20)
	_, err = download.Resume(d.Path(), uint64(len(file)), 640)
	wantErr(t, err, download.ErrFull)
}

// What one file needs is not promised to another.
func TestTheDiskHasRoomForOneOfTwo(t *testing.T) {
	download.WithoutAllocation(t)
	download.SetAvailable(t, 100<<20)
	dir, file := folder(t), content(40<<20)
	first := begin(t, dir, len(file))
	_, err := download.Begin(folder(t), 40<<20, 0)
	wantErr(t, err, download.ErrFull)
	write(t, first, file, 320) // 20 MiB, which are taken now
	second := begin(t, dir, 40<<20)
	_, err = download.Begin(dir, 20<<20, 0)
	wantErr(t, err, download.ErrFull)
	check(t, first.Abort())
	check(t, second.Close())
	third := begin(t, dir, 60<<20)
	check(t, third.Abort())
	wantNames(t, dir, filepath.Base(second.Path()))
}

// What others write meanwhile is noticed, before there is nothing left.
func TestTheDiskFillsUp(t *testing.T) {
	download.WithoutAllocation(t)
	file := content(9 << 20)
	d := begin(t, folder(t), len(file))
	write(t, d, file, 64)
	write(t, d, file, 127)
	download.SetAvailable(t, 31<<20)
	wantErr(t, d.WriteChunk(127, file[127*chunk:][:chunk]), download.ErrFull)
	if d.Synced() != 128 {
		t.Errorf("%d chunks are on the disk", d.Synced())
	}
}

// A disk that can keeps the room for a file, also of one that is not open.
func TestTheDiskKeepsRoom(t *testing.T) {
	const size = 20 << 20
	dir, file := folder(t), content(size)
	d := begin(t, dir, size)
	if d.Allocated() < size {
		t.Log("this disk keeps no room for files")
		return
	}
	write(t, d, file, 100)
	check(t, d.Close())
	download.SetAvailable(t, 1<<20) // for others
	d = resume(t, d.Path(), size, 64)
	if d.Allocated() < size {
		t.Errorf("it keeps %d bytes", d.Allocated())
	}
	wantContent(t, complete(t, d, file, "x"), file)
	check(t, d.Abort())
	_, err := download.Begin(dir, 1, 0)
	wantErr(t, err, download.ErrFull)
	wantNames(t, dir, "x")
}

// After a flush has failed, the system may have dropped what it was about.
func TestAFlushFails(t *testing.T) {
	file := content(150 * chunk)
	d := begin(t, folder(t), len(file))
	write(t, d, file, 64+63)
	t.Run("once", func(t *testing.T) {
		download.FailSync(t, syscall.ENOSPC)
		wantErr(t, d.WriteChunk(127, file[127*chunk:][:chunk]), download.ErrFull)
	})
	if d.Chunks() != 64 || d.Synced() != 64 {
		t.Errorf("there are %d chunks, %d on the disk, want 64", d.Chunks(), d.Synced())
	}
	check(t, d.Close())
	d = resume(t, d.Path(), len(file), 64)
	if d.Chunks() != 64 {
		t.Errorf("there are %d chunks in the draft, want 64", d.Chunks())
	}
	wantContent(t, complete(t, d, file, "x"), file)
}

// The real answer of the system: more than nothing, and less than everything.
func TestTheDiskHasRoom(t *testing.T) {
	begin(t, folder(t), 1)
}

// Who was not asked leaves more.
func TestTheDiskIsNotForThisFile(t *testing.T) {
	download.WithoutAllocation(t)
	download.SetAvailable(t, 1<<30)
	dir := folder(t)
	_, err := download.Begin(dir, 1<<20, 1<<30)
	wantErr(t, err, download.ErrFull)
	wantNames(t, dir)
	d := must[*download.Draft](t)(download.Begin(dir, 1<<20, 1<<30-1<<20))
	check(t, d.Close())
	check(t, resume(t, d.Path(), 1<<20, 0).Close()) // it was decided
}
