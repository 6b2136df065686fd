package download_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/download"
)

// The folder may be reached by a link when it is chosen. What becomes a link later
// is somebody's trick.
func TestAFolderBehindALink(t *testing.T) {
	dir, file := folder(t), content(100)
	check(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	check(t, os.Symlink("real", filepath.Join(dir, "link")))
	d := begin(t, filepath.Join(dir, "link"), len(file))
	if filepath.Dir(d.Path()) != filepath.Join(dir, "real") {
		t.Errorf("the draft is at %s", d.Path())
	}
	check(t, d.Close())

	check(t, os.Rename(filepath.Join(dir, "real"), filepath.Join(dir, "moved")))
	check(t, os.Symlink("moved", filepath.Join(dir, "real")))
	_, err := download.Resume(d.Path(), uint64(len(file)), 0)
	wantErr(t, err, download.ErrFolder)
	wantErr(t, download.Discard(d.Path()), download.ErrFolder)
}

// The folder stays the same one even if its path leads elsewhere meanwhile.
func TestAFolderThatIsExchanged(t *testing.T) {
	dir, file := folder(t), content(100)
	real, victim := filepath.Join(dir, "real"), filepath.Join(dir, "victim")
	check(t, os.Mkdir(real, 0o700))
	check(t, os.Mkdir(victim, 0o700))
	d := begin(t, real, len(file))
	check(t, os.Rename(real, filepath.Join(dir, "moved")))
	check(t, os.Symlink("victim", real))
	complete(t, d, file, "name")
	check(t, d.Abort())
	wantNames(t, victim)
	wantContent(t, filepath.Join(dir, "moved", "name"), file)
}

func TestADraftThatBecomesALink(t *testing.T) {
	dir := folder(t)
	d := begin(t, dir, 100)
	check(t, d.Abort())
	victim := filepath.Join(dir, "victim")
	check(t, os.WriteFile(victim, []byte("mine"), 0o600))
	check(t, os.Symlink("victim", d.Path()))
	_, err := download.Resume(d.Path(), 100, 0)
	wantErr(t, err, download.ErrDraft)
	wantContent(t, victim, []byte("mine"))
}

func TestNotAFolder(t *testing.T) {
	path := filepath.Join(folder(t), "letter")
	check(t, os.WriteFile(path, nil, 0o600))
	_, err := download.Begin(path, 1, 0)
	wantErr(t, err, download.ErrFolder)
	_, err = download.Begin(path+"-gone", 1, 0)
	wantErr(t, err, os.ErrNotExist)
}
