package download_test

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

func TestAFileArrives(t *testing.T) {
	for _, size := range []int{0, 1, 4096, filecrypt.ChunkSize, filecrypt.ChunkSize + 1, 9<<20 + 17} {
		dir, file := folder(t), content(size)
		d := begin(t, dir, size)
		info := must[fs.FileInfo](t)(os.Lstat(d.Path()))
		if runtime.GOOS != "windows" && info.Mode() != 0o600 {
			t.Errorf("the draft has mode %v", info.Mode())
		}
		if !strings.HasPrefix(info.Name(), ".") {
			t.Errorf("the draft %q is not hidden", info.Name())
		}
		path := complete(t, d, file, "../../a file.bin")
		if path != filepath.Join(dir, "a file.bin") {
			t.Errorf("it is at %s", path)
		}
		check(t, d.Abort())
		wantNames(t, dir, "a file.bin")
		wantContent(t, path, file)
	}
}

func TestChunksComeInOrderAndOfTheirLength(t *testing.T) {
	file := content(3 * filecrypt.ChunkSize)
	d := begin(t, folder(t), len(file))
	write(t, d, file, 1)
	for index, data := range map[uint64][]byte{
		0:       file[:filecrypt.ChunkSize],
		1:       file[:filecrypt.ChunkSize-1],
		2:       file[:filecrypt.ChunkSize],
		3:       {},
		1 << 63: {},
	} {
		if d.WriteChunk(index, data) == nil {
			t.Errorf("chunk %d was taken with %d bytes", index, len(data))
		}
	}
	if d.Chunks() != 1 {
		t.Errorf("there are %d chunks", d.Chunks())
	}
}

func TestNothingIsFinishedThatIsNotVerified(t *testing.T) {
	dir, file := folder(t), content(100_000)
	d := begin(t, dir, len(file))
	write(t, d, file, 1)
	if d.Verify(t.Context(), sha256.Sum256(file), nil) == nil {
		t.Error("half a file was verified")
	}
	write(t, d, file, 2)
	wantErr(t, d.Verify(t.Context(), sha256.Sum256(file[1:]), nil), download.ErrHash)
	if _, err := d.Finish("name"); err == nil {
		t.Error("a file was finished that is not the one that was offered")
	}
	check(t, d.Abort())
	wantNames(t, dir)
}

func TestAFileThatSomebodyHasWrittenTo(t *testing.T) {
	file := content(100_000)
	d := begin(t, folder(t), len(file))
	write(t, d, file, 2)
	check(t, os.Truncate(d.Path(), 200_000))
	wantErr(t, d.Verify(t.Context(), sha256.Sum256(file), nil), download.ErrHash)
}

func TestTooLarge(t *testing.T) {
	dir := folder(t)
	_, err := download.Begin(dir, filecrypt.MaxSize+1, 0)
	wantErr(t, err, download.ErrTooLarge)
	wantNames(t, dir)
}

func TestAbortAfterClose(t *testing.T) {
	dir := folder(t)
	d := begin(t, dir, 1)
	check(t, d.Close())
	check(t, d.Close())
	wantErr(t, d.WriteChunk(0, []byte{1}), fs.ErrClosed)
	check(t, download.Discard(d.Path()))
	check(t, download.Discard(d.Path()))
	wantNames(t, dir)
	wantErr(t, download.Discard(filepath.Join(dir, "letter.txt")), download.ErrDraft)
	check(t, download.Discard(filepath.Join(dir, "gone", filepath.Base(d.Path()))))
}
