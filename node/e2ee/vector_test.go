package e2ee_test

import (
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/internal/golden"
)

// The vectors are made by the reference alone: go test -run TestVectors -update
// writes them anew. Without the flag, tests compare what it makes with what is
// there, and run the implementation over the files.
const vectorFolder = "../../testdata/vectors"

type hexBytes = golden.Bytes

// checkVectors compares a file with what the reference makes, to the byte.
func checkVectors(t *testing.T, name string, made any) {
	t.Helper()
	golden.Check(t, filepath.Join(vectorFolder, name), made)
}

// readVectors reads a file, all of it.
func readVectors[T any](tb testing.TB, name string) T {
	tb.Helper()
	return golden.Read[T](tb, filepath.Join(vectorFolder, name))
}

// vectorNow is the time in the vectors, in Unix seconds.
const vectorNow = 1_800_000_000
