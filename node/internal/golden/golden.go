// Package golden keeps the test vectors of testdata/vectors what the references
// make of them. It is for tests only: whatever imports it has the flag -update.
package golden

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the vectors of testdata anew")

// Check compares the file at path with made as indented JSON, to the byte. With
// the flag -update it writes the file first.
func Check(tb testing.TB, path string, made any) {
	tb.Helper()
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	text = append(text, '\n')
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // everybody may read vectors
			tb.Fatal(err)
		}
	}
	stored, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if !bytes.Equal(stored, text) {
		tb.Errorf("%s is not what the reference makes", path)
	}
}

// Read returns the JSON value that is all of the file at path. A field that the
// file has and T has not ends the test, so that nothing in a file goes unread.
func Read[T any](tb testing.TB, path string) (v T) {
	tb.Helper()
	stored, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		tb.Fatalf("%s: more than one value", path)
	}
	return v
}

// Counting returns n bytes that count up from first: a key or a seed that is
// easily typed in elsewhere.
func Counting(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// Bytes are written in hexadecimal digits.
type Bytes []byte

// MarshalText returns the digits in lower case.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

// UnmarshalText takes digits of either case. The errors are those of
// [hex.DecodeString].
func (b *Bytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}
