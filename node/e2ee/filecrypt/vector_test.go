package filecrypt_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
)

const vectorFile = "../../../testdata/vectors/file-chunks.json"

// vectors is what testdata/vectors/file-chunks.json holds, as docs/protocol.md
// describes it.
type vectors struct {
	Layouts   []vectorLayout    `json:"layouts"`
	Files     []vectorFileCase  `json:"files"`
	Malformed []vectorMalformed `json:"malformed"`
	TooLarge  []hexBytes        `json:"too_large"`
}

type vectorLayout struct {
	Size        uint64 `json:"size"`
	Padded      uint64 `json:"padded_size"`
	Chunks      uint64 `json:"chunks"`
	LastPlain   int    `json:"last_chunk_plaintext"`
	LastSealed  int    `json:"last_chunk_sealed"`
	LastData    int    `json:"last_chunk_file_bytes"`
	TotalSealed uint64 `json:"total_sealed"`
}

type vectorFileCase struct {
	Name     string        `json:"name"`
	Key      hexBytes      `json:"file_key"`
	ID       hexBytes      `json:"file_id"`
	Size     uint64        `json:"size"`
	SHA256   hexBytes      `json:"file_sha256"`
	ChunkKey hexBytes      `json:"chunk_key"`
	Chunks   []vectorChunk `json:"chunks"`
}

type vectorChunk struct {
	Index        uint64   `json:"index"`
	Nonce        hexBytes `json:"nonce"`
	AD           hexBytes `json:"associated_data"`
	FileBytes    int      `json:"file_bytes"`
	PlainLength  int      `json:"plaintext_length"`
	PlainSHA256  hexBytes `json:"plaintext_sha256"`
	SealedLength int      `json:"sealed_length"`
	SealedSHA256 hexBytes `json:"sealed_sha256"`
	SealedStart  hexBytes `json:"sealed_start"`
	SealedEnd    hexBytes `json:"sealed_end"`
}

type hexBytes = golden.Bytes

func digest(b []byte) hexBytes {
	sum := sha256.Sum256(b)
	return sum[:]
}

func (v vectorFileCase) reference() refFile { return refFile{key: v.Key, id: v.ID, size: v.Size} }

// plaintext is what a chunk of the file holds, padding included.
func (f refFile) plaintext(index uint64) []byte {
	length, data := f.lengths(index)
	return append(bytes.Clone(f.content()[min(index*refChunkSize, f.size):][:data]), make([]byte, length-data)...)
}

func referenceLayout(size uint64) vectorLayout {
	f := refFile{size: size}
	plain, data := f.lengths(f.chunks() - 1)
	return vectorLayout{
		Size:        size,
		Padded:      refPadded(size),
		Chunks:      f.chunks(),
		LastPlain:   plain,
		LastSealed:  plain + refOverhead,
		LastData:    data,
		TotalSealed: refPadded(size) + f.chunks()*refOverhead,
	}
}

func referenceFile(tb testing.TB, name string, at byte, size uint64, indices ...uint64) vectorFileCase {
	tb.Helper()
	f := refFile{key: golden.Counting(at, 32), id: golden.Counting(at+0x20, 16), size: size}
	v := vectorFileCase{
		Name: name, Key: f.key, ID: f.id, Size: size, SHA256: digest(f.content()), ChunkKey: f.chunkKey(),
	}
	for n, i := range indices {
		plain, nonce := f.plaintext(i), golden.Counting(at+0x80+byte(n), 24)
		_, data := f.lengths(i)
		ad := f.associatedData(i, i == f.chunks()-1)
		sealed := f.seal(tb, nonce, plain, ad)
		v.Chunks = append(v.Chunks, vectorChunk{
			Index: i, Nonce: nonce, AD: ad, FileBytes: data, PlainLength: len(plain), PlainSHA256: digest(plain),
			SealedLength: len(sealed), SealedSHA256: digest(sealed),
			SealedStart: sealed[:64], SealedEnd: sealed[len(sealed)-64:],
		})
	}
	return v
}

// referenceVectors computes the vectors with the reference alone.
func referenceVectors(tb testing.TB) (v vectors) {
	tb.Helper()
	for _, size := range []uint64{
		0, 1, 4095, 4096, 4097, 4352, 4353, 65535, 65536, 65537, 67584, 67585, 100000, 131072, 200000, 1 << 20,
		1<<20 + 1, 4<<20 + 65536, 10000000, 1<<32 - 1, 1 << 32, 1<<32 + 1, 5000000000, 9<<30 + 1, 10<<30 - 1, 10 << 30,
	} {
		v.Layouts = append(v.Layouts, referenceLayout(size))
	}
	v.Files = []vectorFileCase{
		referenceFile(tb, "empty", 0x00, 0, 0),
		referenceFile(tb, "one byte", 0x01, 1, 0),
		referenceFile(tb, "exactly the floor", 0x02, 4096, 0),
		referenceFile(tb, "exactly one chunk", 0x03, 65536, 0),
		referenceFile(tb, "one byte more than a chunk", 0x04, 65537, 0, 1),
		referenceFile(tb, "several chunks, the last one padded", 0x05, 200000, 0, 1, 2, 3),
		referenceFile(tb, "the last chunk is padding", 0x06, 4<<20+65536, 0, 64, 65),
	}
	v.Malformed = referenceMalformed(tb)
	v.TooLarge = []hexBytes{{0, 0, 0, 2, 0x80, 0, 0, 1}, {0x80, 0, 0, 0, 0, 0, 0, 0}, bytes.Repeat([]byte{0xff}, 8)}
	return v
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	return golden.Read[vectors](t, vectorFile)
}

// The file is what the reference gives, byte for byte.
func TestVectorsMatchReference(t *testing.T) {
	golden.Check(t, vectorFile, referenceVectors(t))
}

func TestVectorsOfLayouts(t *testing.T) {
	for _, v := range readVectors(t).Layouts {
		l := must[filecrypt.Layout](t)(filecrypt.NewLayout(v.Size))
		last := must[filecrypt.Chunk](t)(l.Chunk(v.Chunks - 1))
		got := vectorLayout{
			l.Size(), l.Padded(), l.Chunks(), last.Plain, last.Sealed(), last.Data, l.Sealed(),
		}
		if got != v || !last.Last {
			t.Errorf("%d bytes: %+v, want %+v", v.Size, got, v)
		}
	}
}

func TestVectorsOfFiles(t *testing.T) {
	for _, v := range readVectors(t).Files {
		t.Run(v.Name, func(t *testing.T) {
			var nonces []byte
			for _, chunk := range v.Chunks {
				nonces = append(nonces, chunk.Nonce...)
			}
			key := must[*filecrypt.Key](t)(filecrypt.ParseKey(v.Key))
			id := must[filecrypt.ID](t)(filecrypt.ParseID(v.ID))
			c := must[*filecrypt.Cipher](t)(filecrypt.New(key, id, v.Size, bytes.NewReader(nonces)))
			if !bytes.Equal(filecrypt.ChunkKey(c), v.ChunkKey) {
				t.Error("the chunk key differs")
			}
			file := v.reference().content()
			for _, chunk := range v.Chunks {
				data := part(t, c.Layout(), chunk.Index, file)
				sealed := must[[]byte](t)(c.SealTo(nil, chunk.Index, data))
				if len(data) != chunk.FileBytes || len(sealed) != chunk.SealedLength ||
					!bytes.Equal(digest(sealed), chunk.SealedSHA256) ||
					!bytes.HasPrefix(sealed, chunk.SealedStart) || !bytes.HasSuffix(sealed, chunk.SealedEnd) {
					t.Errorf("chunk %d differs", chunk.Index)
				}
				if !bytes.Equal(must[[]byte](t)(c.OpenTo(nil, chunk.Index, sealed)), data) {
					t.Errorf("chunk %d came out different", chunk.Index)
				}
			}
		})
	}
}
