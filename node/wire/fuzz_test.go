package wire_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/wire"
)

// wantSettled fails unless what was decoded has an encoding that leads back to
// itself, or the error has a class.
func wantSettled(t *testing.T, kind string, in []byte) {
	t.Helper()
	once, decoded, err := again(kind, in)
	if decoded, ok := decoded.(wire.Item); err != nil && ok && decoded.Body != nil {
		t.Fatalf("%+v cannot be encoded: %v", decoded, err)
	}
	if err != nil {
		if !errors.Is(err, wire.ErrContent) && !errors.Is(err, wire.ErrUnknownContent) {
			t.Fatalf("an error without a class: %v", err)
		}
		return
	}
	if twice, _, err := again(kind, once); err != nil || !bytes.Equal(twice, once) {
		t.Fatalf("%x became %x and that became %x, %v", in, once, twice, err)
	}
	if len(once) > len(in) {
		t.Fatalf("%x became longer: %x", in, once)
	}
}

func FuzzContent(f *testing.F) {
	fuzz(f, "content")
}

func FuzzItem(f *testing.F) {
	fuzz(f, "item")
}

func fuzz(f *testing.F, kind string) {
	f.Helper()
	v := referenceVectors()
	for _, c := range v.Contents {
		f.Add([]byte(c.Bytes))
	}
	for _, i := range v.Items {
		f.Add([]byte(i.Bytes))
	}
	for _, r := range v.Read {
		f.Add([]byte(r.Bytes))
	}
	for _, r := range v.Refused {
		f.Add([]byte(r.Bytes))
	}
	f.Fuzz(func(t *testing.T, in []byte) { wantSettled(t, kind, in) })
}
