package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// sentFile is a file whose key travels in a cell.
type sentFile struct {
	cell  int
	id    filecrypt.ID
	size  uint64
	chunk []byte // sealed; the only one
	data  []byte
}

// sendFile seals a file under the last 32 bytes of a cell's content.
func sendFile(t *testing.T, o *overheard, cell int) sentFile {
	t.Helper()
	f := sentFile{cell: cell, data: o.random.Bytes(1000), size: 1000}
	f.id = filecrypt.ID(o.random.Bytes(16))
	var err error
	f.chunk, err = f.cipher(t, fileKey(o.cells[cell].content)).SealTo(nil, 0, f.data)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fileKey(content []byte) []byte { return content[len(content)-filecrypt.KeySize:] }

func (f sentFile) cipher(t *testing.T, bare []byte) *filecrypt.Cipher {
	t.Helper()
	key, err := filecrypt.ParseKey(bare)
	if err != nil {
		t.Fatal(err)
	}
	c, err := filecrypt.New(key, f.id, f.size, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// opens tries every string that an adversary knows, or the end of it, as the key
// of the file.
func (f sentFile) opens(t *testing.T, known reference.Set) bool {
	t.Helper()
	for s := range known {
		if len(s) < filecrypt.KeySize || len(s) > 200 { // keys, and contents of this test
			continue
		}
		c := f.cipher(t, fileKey([]byte(s)))
		data, err := c.OpenTo(nil, 0, f.chunk)
		c.Close()
		if err == nil {
			return bytes.Equal(data, f.data)
		}
	}
	return false
}

// A file is as safe as the cell that carries its key: whoever steals a state
// opens the files of those cells that it opens, and no other.
func TestFileIsAsSafeAsTheCellOfItsKey(t *testing.T) {
	o := overhearCrossing(t)
	var files []sentFile
	for cell := range o.cells {
		files = append(files, sendFile(t, o, cell))
	}
	check := func(who string, known reference.Set, want string) {
		t.Helper()
		var got []byte
		for _, f := range files {
			mark := byte('-')
			if f.opens(t, known) {
				mark = 'x'
			}
			got = append(got, mark)
		}
		if string(got) != want {
			t.Errorf("%s opens the files\n%s, want\n%s", who, got, want)
		}
	}
	check("who breaks X25519", o.from(o.trace.X25519Secrets(), o.seeds), o.none())
	check("who breaks ML-KEM", o.from(o.trace.KEMSecrets(), o.seeds), o.none())
	check("who breaks both", o.from(o.trace.X25519Secrets(), o.trace.KEMSecrets()), o.all())
	for _, stolen := range o.thefts[len(o.thefts)/3:] {
		check(stolen.String(), o.from(stolen.secrets), o.contentsOf(stolen))
	}
}
