package download_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

const chunk = filecrypt.ChunkSize

func TestFlushedNowAndThen(t *testing.T) {
	file := content(9<<20 + 17)
	d := begin(t, folder(t), len(file))
	for _, want := range []struct{ written, synced uint64 }{{63, 0}, {64, 64}, {127, 64}, {128, 128}} {
		write(t, d, file, want.written)
		if d.Synced() != want.synced {
			t.Errorf("of %d chunks %d are on the disk, want %d", want.written, d.Synced(), want.synced)
		}
	}
	write(t, d, file, 130)
	check(t, d.Sync())
	if d.Synced() != 130 {
		t.Errorf("after Sync %d chunks are on the disk", d.Synced())
	}
	write(t, d, file, chunks(t, len(file)))
	if d.Synced() != chunks(t, len(file)) {
		t.Error("a complete file is not on the disk")
	}
}

// What is left after the process, or the system, has ended.
func TestResume(t *testing.T) {
	const size = 201 * chunk // and 3 of padding
	if chunks(t, size) != 204 {
		t.Fatal("another layout")
	}
	for _, test := range []struct {
		name      string
		length    int64 // of the draft
		synced    uint64
		power     bool // there was a power cut
		chunks    uint64
		truncated int64
	}{
		{"process ended", 70 * chunk, 64, false, 70, 70 * chunk},
		{"within a chunk", 70*chunk + 5, 64, false, 70, 70 * chunk},
		{"power cut", 70 * chunk, 64, true, 64, 64 * chunk},
		{"power cut, and more is missing", 10 * chunk, 64, true, 10, 10 * chunk},
		{"process ended, and more is missing", 10 * chunk, 64, false, 10, 10 * chunk},
		{"only padding is missing", size, 128, false, 201, size},
		{"only padding is missing, power cut", size, 128, true, 128, 128 * chunk},
		{"some padding is there", size, 203, true, 203, size},
		{"everything is there", size, 204, true, 204, size},
		{"more than everything", size + 5, 1 << 60, true, 204, size},
		{"nothing", 0, 0, false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			download.SetBoot(t, "first")
			d := begin(t, folder(t), size)
			check(t, d.Close())
			check(t, os.Truncate(d.Path(), test.length))
			if test.power {
				download.SetBoot(t, "second")
			}
			again := resume(t, d.Path(), size, test.synced)
			if again.Chunks() != test.chunks || again.Synced() != min(test.synced, test.chunks) {
				t.Errorf("there are %d chunks, %d on the disk; want %d", again.Chunks(), again.Synced(), test.chunks)
			}
			if got := must[fs.FileInfo](t)(os.Stat(d.Path())).Size(); got != test.truncated {
				t.Errorf("the draft has %d bytes, want %d", got, test.truncated)
			}
		})
	}
}

func TestASystemThatDoesNotSayWhenItWasStarted(t *testing.T) {
	download.SetBoot(t, "")
	file := content(20 * chunk)
	d := begin(t, folder(t), len(file))
	write(t, d, file, 10)
	check(t, d.Close())
	again := resume(t, d.Path(), len(file), 5)
	if again.Chunks() != 5 {
		t.Errorf("there are %d chunks, want those that were flushed", again.Chunks())
	}
}

// An empty file is one chunk of padding.
func TestResumeOfAnEmptyFile(t *testing.T) {
	d := begin(t, folder(t), 0)
	check(t, d.Close())
	if again := resume(t, d.Path(), 0, 0); again.Chunks() != 0 {
		t.Error("the padding is there that was not written")
	}
	if again := resume(t, d.Path(), 0, 1); again.Chunks() != 1 {
		t.Error("the padding is not there")
	}
}

func TestResumedAgainAndAgain(t *testing.T) {
	dir, file := folder(t), content(30*chunk-5)
	d := begin(t, dir, len(file))
	for upTo := uint64(1); upTo < chunks(t, len(file)); upTo += 3 {
		write(t, d, file, upTo)
		check(t, d.Close())
		d = resume(t, d.Path(), len(file), d.Synced())
		if d.Chunks() != upTo {
			t.Fatalf("there are %d chunks, want %d", d.Chunks(), upTo)
		}
	}
	wantContent(t, complete(t, d, file, "x"), file)
}

func TestResumeOfWhatIsNotThere(t *testing.T) {
	dir := folder(t)
	d := begin(t, dir, 1)
	check(t, d.Abort())
	_, err := download.Resume(d.Path(), 1, 0)
	wantErr(t, err, fs.ErrNotExist)
	_, err = download.Resume(filepath.Join(dir, "gone", filepath.Base(d.Path())), 1, 0)
	wantErr(t, err, fs.ErrNotExist)
	check(t, os.WriteFile(filepath.Join(dir, "letter"), nil, 0o600))
	_, err = download.Resume(filepath.Join(dir, "letter"), 1, 0)
	wantErr(t, err, download.ErrDraft)
	check(t, os.Mkdir(d.Path(), 0o700))
	_, err = download.Resume(d.Path(), 1, 0)
	wantErr(t, err, download.ErrDraft)
}
