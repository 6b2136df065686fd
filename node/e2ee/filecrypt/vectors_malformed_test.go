package filecrypt_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
)

// vectorMalformed is a chunk to refuse: how it was sealed, what became of it,
// and how the receiver opens it.
type vectorMalformed struct {
	Name string `json:"name"`

	Key       hexBytes `json:"sealed_file_key"`
	ID        hexBytes `json:"sealed_file_id"`
	Size      uint64   `json:"sealed_size"`
	Index     uint64   `json:"sealed_index"`
	Nonce     hexBytes `json:"nonce"`
	AD        hexBytes `json:"associated_data"`
	PlainFlip *int     `json:"plaintext_flip,omitempty"`

	Length       int      `json:"sealed_length"`
	SealedFlip   *int     `json:"sealed_flip,omitempty"`
	SealedSHA256 hexBytes `json:"sealed_sha256"`

	OpenKey   hexBytes `json:"open_file_key"`
	OpenID    hexBytes `json:"open_file_id"`
	OpenSize  uint64   `json:"open_size"`
	OpenIndex uint64   `json:"open_index"`
	Error     string   `json:"error"`
}

// sealed makes the bytes that arrive.
func (v vectorMalformed) sealed(tb testing.TB) []byte {
	tb.Helper()
	f := refFile{key: v.Key, id: v.ID, size: v.Size}
	plain := f.plaintext(v.Index)
	if v.PlainFlip != nil {
		plain[*v.PlainFlip] ^= 1
	}
	sealed := f.seal(tb, v.Nonce, plain, v.AD)
	if v.Length <= len(sealed) {
		sealed = sealed[:v.Length]
	} else {
		sealed = append(sealed, make([]byte, v.Length-len(sealed))...)
	}
	if v.SealedFlip != nil {
		sealed[*v.SealedFlip] ^= 1
	}
	return sealed
}

// referenceMalformed starts each case from a good chunk and changes one thing.
func referenceMalformed(tb testing.TB) (all []vectorMalformed) {
	tb.Helper()
	add := func(name, class string, size, index uint64, change func(*vectorMalformed)) {
		f := refFile{key: golden.Counting(0x10, 32), id: golden.Counting(0x30, 16), size: size}
		length, _ := f.lengths(index)
		v := vectorMalformed{
			Name: name, Key: f.key, ID: f.id, Size: size, Index: index, Nonce: golden.Counting(0x90, 24),
			AD: f.associatedData(index, index == f.chunks()-1), Length: length + refOverhead,
			OpenKey: f.key, OpenID: f.id, OpenSize: size, OpenIndex: index, Error: class,
		}
		change(&v)
		v.SealedSHA256 = digest(v.sealed(tb))
		all = append(all, v)
	}
	const (
		malformed = "malformed"
		decrypt   = "decrypt"
		small     = 1000
		twoFull   = 2 * refChunkSize
	)
	add("nothing", malformed, small, 0, func(v *vectorMalformed) { v.Length = 0 })
	add("nonce and tag only", malformed, small, 0, func(v *vectorMalformed) { v.Length = refOverhead })
	add("one byte short", malformed, small, 0, func(v *vectorMalformed) { v.Length-- })
	add("one byte long", malformed, small, 0, func(v *vectorMalformed) { v.Length++ })
	add("first chunk in the place of the last", malformed, 65537, 0, func(v *vectorMalformed) { v.OpenIndex = 1 })
	add("no such chunk", malformed, small, 0, func(v *vectorMalformed) { v.OpenIndex = 1 })
	add("far from any chunk", malformed, small, 0, func(v *vectorMalformed) { v.OpenIndex = 1 << 48 })
	add("first padding byte not zero", malformed, small, 0, func(v *vectorMalformed) { v.PlainFlip = new(small) })
	add("last padding byte not zero", malformed, small, 0, func(v *vectorMalformed) { v.PlainFlip = new(4095) })
	add("padding of an empty file not zero", malformed, 0, 0, func(v *vectorMalformed) { v.PlainFlip = new(0) })
	add("nonce changed", decrypt, small, 0, func(v *vectorMalformed) { v.SealedFlip = new(0) })
	add("end of the nonce changed", decrypt, small, 0, func(v *vectorMalformed) { v.SealedFlip = new(23) })
	add("ciphertext changed", decrypt, small, 0, func(v *vectorMalformed) { v.SealedFlip = new(24) })
	add("tag changed", decrypt, small, 0, func(v *vectorMalformed) { v.SealedFlip = new(4135) })
	add("two chunks exchanged", decrypt, 3*refChunkSize, 0, func(v *vectorMalformed) { v.OpenIndex = 1 })
	add("last chunk in the place of the first", decrypt, twoFull, 1, func(v *vectorMalformed) { v.OpenIndex = 0 })
	add("file cut off: a middle chunk as the last", decrypt, 3*refChunkSize, 1, func(v *vectorMalformed) { v.OpenSize = twoFull })
	add("file extended: the last chunk as a middle one", decrypt, twoFull, 1, func(v *vectorMalformed) { v.OpenSize = 3 * refChunkSize })
	add("end marker missing", decrypt, small, 0, func(v *vectorMalformed) { v.AD[len(v.AD)-1] = 0 })
	add("end marker on a middle chunk", decrypt, twoFull, 0, func(v *vectorMalformed) { v.AD[len(v.AD)-1] = 1 })
	add("another size with the same padding", decrypt, small, 0, func(v *vectorMalformed) { v.OpenSize = small + 1 })
	add("another file ID", decrypt, small, 0, func(v *vectorMalformed) { v.OpenID = golden.Counting(0x31, 16) })
	add("another file key", decrypt, small, 0, func(v *vectorMalformed) { v.OpenKey = golden.Counting(0x11, 32) })
	add("no label", decrypt, small, 0, func(v *vectorMalformed) { v.AD = v.AD[27:] })
	add("size least significant byte first", decrypt, small, 0, func(v *vectorMalformed) {
		binary.LittleEndian.PutUint64(v.AD[27+16:], small)
	})
	return all
}

func TestVectorsOfMalformedChunks(t *testing.T) {
	classes := map[string]error{"malformed": filecrypt.ErrMalformed, "decrypt": filecrypt.ErrDecrypt}
	for _, v := range readVectors(t).Malformed {
		t.Run(v.Name, func(t *testing.T) {
			sealed := v.sealed(t)
			if !bytes.Equal(digest(sealed), v.SealedSHA256) {
				t.Fatal("this is not the chunk that the vector means")
			}
			key := must[*filecrypt.Key](t)(filecrypt.ParseKey(v.OpenKey))
			c := must[*filecrypt.Cipher](t)(filecrypt.New(key, filecrypt.ID(v.OpenID), v.OpenSize, nil))
			refuses(t, c, v.OpenIndex, sealed, classes[v.Error])
		})
	}
	for _, size := range readVectors(t).TooLarge {
		_, err := filecrypt.NewLayout(binary.BigEndian.Uint64(size))
		wantErr(t, err, filecrypt.ErrTooLarge)
	}
}
