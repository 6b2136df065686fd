package e2ee_test

import (
	"bytes"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
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

// encapsulateWith returns an encapsulation with the given randomness.
func encapsulateWith(m []byte) func(*mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
	return func(ek *mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
		shared, ciphertext, err := mlkemtest.Encapsulate768(ek, m)
		if err != nil {
			panic(err)
		}
		return shared, ciphertext
	}
}

// loadState returns the implementation's session in a state of the reference.
func loadState(tb rapid.TB, state []byte) *e2ee.Session {
	tb.Helper()
	key := must[*e2ee.StateKey](tb)(e2ee.NewStateKey(savedKey))
	saved := reference.SaveState(nil, reference.RawState(state), savedKey, nil, make([]byte, 24), reference.StateVersion)
	return must[*e2ee.Session](tb)(e2ee.LoadSession(key, nil, saved))
}

// inReference returns the state that the implementation's session is in.
func inReference(tb rapid.TB, s *e2ee.Session) *reference.Session {
	tb.Helper()
	key := must[*e2ee.StateKey](tb)(e2ee.NewStateKey(savedKey))
	saved := must[[]byte](tb)(s.Save(key, nil))
	return must[*reference.Session](tb)(reference.Load(nil, saved, savedKey, nil))
}
