package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node/download"
)

// fileSystems are with hard links, and without.
var fileSystems = map[string]func(*testing.T){
	"hard links":    func(*testing.T) {},
	"no hard links": download.WithoutLinks,
}

func TestNothingIsReplaced(t *testing.T) {
	for name, prepare := range fileSystems {
		t.Run(name, func(t *testing.T) {
			prepare(t)
			dir, file := folder(t), content(1000)
			check(t, os.WriteFile(filepath.Join(dir, "a.tar.gz"), []byte("mine"), 0o600))
			check(t, os.Symlink("nowhere", filepath.Join(dir, "a.tar (2).gz")))
			check(t, os.Mkdir(filepath.Join(dir, "a.tar (3).gz"), 0o700))
			d := begin(t, dir, len(file))
			path := complete(t, d, file, "a.tar.gz")
			check(t, d.Abort())
			wantContent(t, path, file)
			wantContent(t, filepath.Join(dir, "a.tar.gz"), []byte("mine"))
			wantNames(t, dir, "a.tar.gz", "a.tar (2).gz", "a.tar (3).gz", "a.tar (4).gz")
		})
	}
}

func TestManyFilesOfOneName(t *testing.T) {
	for name, prepare := range fileSystems {
		t.Run(name, func(t *testing.T) {
			prepare(t)
			const count = 20
			dir := folder(t)
			paths := make([]string, count)
			var finishing sync.WaitGroup
			for i := range count {
				file := content(1000 + i)
				d := begin(t, dir, len(file))
				write(t, d, file, 1)
				check(t, d.Verify(t.Context(), sha256.Sum256(file), nil))
				finishing.Go(func() {
					path, err := d.Finish("x")
					if err != nil {
						t.Error(err)
					}
					paths[i] = path
					if err := d.Abort(); err != nil {
						t.Error(err)
					}
				})
			}
			finishing.Wait()
			want := []string{"x"}
			for i := range count {
				wantContent(t, paths[i], content(1000+i))
				if i > 0 {
					want = append(want, fmt.Sprintf("x (%d)", i+1))
				}
			}
			wantNames(t, dir, want...)
		})
	}
}

// The process ends after the file has its name, and before that is known.
func TestFinishedTwice(t *testing.T) {
	dir, file := folder(t), content(1000)
	check(t, os.WriteFile(filepath.Join(dir, "x"), nil, 0o600))
	d := begin(t, dir, len(file))
	first := complete(t, d, file, "x")
	check(t, d.Close())

	d = resume(t, d.Path(), len(file), 1)
	if second := complete(t, d, file, "x"); second != first {
		t.Errorf("the file is at %s as well", filepath.Base(second))
	}
	check(t, d.Abort())
	wantNames(t, dir, "x", "x (2)")
}

func TestVerifyIsCalledOff(t *testing.T) {
	file := content(3 << 20)
	d := begin(t, folder(t), len(file))
	write(t, d, file, chunks(t, len(file)))
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	var read uint64
	wantErr(t, d.Verify(ctx, sha256.Sum256(file), func(done uint64) {
		if read = done; done >= 1<<20 {
			cancel(reason)
		}
	}), reason)
	if read >= 3<<20 {
		t.Error("the whole file was read all the same")
	}
	check(t, d.Verify(t.Context(), sha256.Sum256(file), nil))
}
