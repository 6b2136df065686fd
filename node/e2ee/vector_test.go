package e2ee_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// The vectors are made by the reference alone: go test -run TestVectors -update
// writes them anew. Without the flag, tests compare what it makes with what is
// there, and run the implementation over the files.
var update = flag.Bool("update", false, "write the vectors of testdata anew")

const vectorFolder = "../../testdata/vectors"

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// checkVectors compares a file with what the reference makes, to the byte.
func checkVectors(t *testing.T, name string, made any) {
	t.Helper()
	path := filepath.Join(vectorFolder, name)
	text := append(must[[]byte](t)(json.MarshalIndent(made, "", "  ")), '\n')
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(must[[]byte](t)(os.ReadFile(path)), text) {
		t.Errorf("%s is not what the reference makes", name)
	}
}

// readVectors reads a file. A field that it has and the type has not is an
// error, so that nothing in a file goes unread.
func readVectors[T any](tb testing.TB, name string) (v T) {
	tb.Helper()
	d := json.NewDecoder(bytes.NewReader(must[[]byte](tb)(os.ReadFile(filepath.Join(vectorFolder, name)))))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// vectorNow is the time in the vectors, in Unix seconds.
const vectorNow = 1_800_000_000
