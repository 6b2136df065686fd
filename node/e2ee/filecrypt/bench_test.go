package filecrypt_test

import (
	"crypto/cipher"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"golang.org/x/crypto/chacha20poly1305"
)

// The benchmarks take turns with bare XChaCha20-Poly1305 of the same bytes, and
// report how many times as long ours takes: a busy machine slows both.

// benchmarkSizes are of files of one chunk: one that is padding for the most
// part, and a full one.
var benchmarkSizes = []struct {
	name string
	size int
}{
	{"padded", 100},
	{"full", filecrypt.ChunkSize},
}

func bare(b *testing.B) cipher.AEAD {
	b.Helper()
	return must[cipher.AEAD](b)(chacha20poly1305.NewX(keyBytes))
}

// compare measures ours and theirs by turns. The time and the allocations that
// it reports are those of ours; theirs has none of the latter.
func compare(b *testing.B, ours, theirs func()) {
	b.Helper()
	b.ReportAllocs()
	var spent, bareSpent []time.Duration
	for b.Loop() {
		start := time.Now()
		theirs()
		between := time.Now()
		ours()
		end := time.Now()
		spent, bareSpent = append(spent, end.Sub(between)), append(bareSpent, between.Sub(start))
	}
	b.ReportMetric(float64(median(spent)), "ns/op")
	b.ReportMetric(float64(median(spent))/float64(median(bareSpent)), "times-bare")
}

// median is what the neighbours on the machine change least.
func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func BenchmarkSeal(b *testing.B) {
	for _, of := range benchmarkSizes {
		b.Run(of.name, func(b *testing.B) {
			c := newCipher(b, fileID, uint64(of.size))
			chunk := must[filecrypt.Chunk](b)(c.Layout().Chunk(0))
			data, plain := make([]byte, of.size), make([]byte, chunk.Plain)
			room, bareRoom := make([]byte, chunk.Sealed()), make([]byte, chunk.Sealed())
			aead, ad := bare(b), refFile{id: fileID[:]}.associatedData(0, true)
			compare(b, func() {
				must[[]byte](b)(c.SealTo(room[:0], 0, data))
			}, func() {
				aead.Seal(bareRoom[:0], room[:chacha20poly1305.NonceSizeX], plain, ad)
			})
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, of := range benchmarkSizes {
		b.Run(of.name, func(b *testing.B) {
			c := newCipher(b, fileID, uint64(of.size))
			sealed := sealAll(b, c, make([]byte, of.size))[0]
			chunk := must[filecrypt.Chunk](b)(c.Layout().Chunk(0))
			aead, ad := bare(b), refFile{id: fileID[:]}.associatedData(0, true)
			nonce := sealed[:chacha20poly1305.NonceSizeX]
			theirs := aead.Seal(nil, nonce, make([]byte, chunk.Plain), ad)
			room, bareRoom := make([]byte, chunk.Plain), make([]byte, chunk.Plain)
			compare(b, func() {
				must[[]byte](b)(c.OpenTo(room[:0], 0, sealed))
			}, func() {
				must[[]byte](b)(aead.Open(bareRoom[:0], nonce, theirs, ad))
			})
		})
	}
}
