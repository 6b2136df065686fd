package download_test

import (
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/node/download"
)

func TestTheDiskHasNoRoom(t *testing.T) {
	dir := folder(t)
	download.SetAvailable(t, 100<<20)
	_, err := download.Begin(dir, 80<<20)
	wantErr(t, err, download.ErrFull)
	wantNames(t, dir)

	file := content(60 << 20)
	d := begin(t, dir, len(file))
	write(t, d, file, 640) // 40 MiB
	check(t, d.Close())
	download.SetAvailable(t, 60<<20)
	resume(t, d.Path(), len(file), 640)
	download.SetAvailable(t, 40<<20)
	_, err = download.Resume(d.Path(), uint64(len(file)), 640)
	wantErr(t, err, download.ErrFull)
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
