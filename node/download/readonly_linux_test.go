package download_test

import (
	"crypto/sha256"
	"testing"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/internal/durable/durabletest"
)

func TestAReadOnlyFolder(t *testing.T) {
	dir, file := folder(t), content(100)
	d := begin(t, dir, len(file))
	write(t, d, file, 1)
	check(t, d.Verify(t.Context(), sha256.Sum256(file), nil))
	durabletest.ReadOnly(t, dir, func() {
		_, err := download.Begin(dir, 1, 0)
		wantErr(t, err, download.ErrReadOnly)
		_, err = d.Finish("x")
		wantErr(t, err, download.ErrReadOnly)
		_, err = download.Resume(d.Path(), uint64(len(file)), 1)
		wantErr(t, err, download.ErrReadOnly)
		wantErr(t, download.Discard(d.Path()), download.ErrReadOnly)
	})
	// It goes on when it is allowed to.
	wantContent(t, must[string](t)(d.Finish("x")), file)
}
