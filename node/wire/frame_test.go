package wire_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/multiformats/go-varint"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

func TestFrameRoundTrip(t *testing.T) {
	for kind, largest := range map[wire.Kind]int{wire.Handshake: e2ee.Message2Size, wire.Cell: e2ee.MaxCell} {
		for _, body := range [][]byte{{}, []byte("x"), bytes.Repeat([]byte{7}, largest)} {
			var stream bytes.Buffer
			c := wire.NewConn(&stream)
			if err := c.Write(kind, body); err != nil {
				t.Fatalf("%s of %d bytes: %v", kind, len(body), err)
			}
			got, err := c.Read(kind)
			if err != nil || !bytes.Equal(got, body) {
				t.Fatalf("%s of %d bytes came back as %d bytes, %v", kind, len(body), len(got), err)
			}
			if _, err := c.Read(kind); err != io.EOF {
				t.Errorf("at the end: %v, want io.EOF", err)
			}
		}
	}
}

func TestFrameRefused(t *testing.T) {
	frame := func(body string) string { return string(varint.ToUvarint(uint64(len(body)))) + body }
	var cell bytes.Buffer
	if err := wire.NewConn(&cell).Write(wire.Cell, []byte("c")); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"another kind":                   cell.String(),
		"empty":                          frame(""),
		"unknown kind":                   frame("\x1a\x01x"),
		"not protobuf":                   frame("\xff\xff\xff"),
		"too long":                       string(varint.ToUvarint(wire.MaxHandshakeFrame+1)) + strings.Repeat("x", 100),
		"endless length":                 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"length twice as long as needed": "\x81\x00x",
		"endless claim":                  "\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.NewConn(bytes.NewBufferString(in)).Read(wire.Handshake)
			if !errors.Is(err, wire.ErrFrame) {
				t.Errorf("error is %v, want ErrFrame", err)
			}
		})
	}
}

func TestFrameCutShort(t *testing.T) {
	var stream bytes.Buffer
	if err := wire.NewConn(&stream).Write(wire.Cell, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	whole := stream.String()
	for n := 1; n < len(whole); n++ {
		_, err := wire.NewConn(bytes.NewBufferString(whole[:n])).Read(wire.Cell)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d of %d bytes: %v, want an unexpected end", n, len(whole), err)
		}
	}
}

func TestFrameTooLongToSend(t *testing.T) {
	for kind, largest := range map[wire.Kind]int{wire.Handshake: wire.MaxHandshakeFrame, wire.Cell: wire.MaxFrame} {
		var stream bytes.Buffer
		err := wire.NewConn(&stream).Write(kind, make([]byte, largest))
		if !errors.Is(err, wire.ErrFrame) || stream.Len() != 0 {
			t.Errorf("%s: error %v and %d bytes sent, want ErrFrame and none", kind, err, stream.Len())
		}
	}
}

// TestFrameBoundFollowsTheKind: a length that a cell can have is too long for a
// handshake message, and nothing is allocated for it.
func TestFrameBoundFollowsTheKind(t *testing.T) {
	for _, tc := range []struct {
		kind   wire.Kind
		length uint64
		want   error
	}{
		{wire.Handshake, wire.MaxHandshakeFrame, io.ErrUnexpectedEOF},
		{wire.Handshake, wire.MaxHandshakeFrame + 1, wire.ErrFrame},
		{wire.Cell, wire.MaxHandshakeFrame + 1, io.ErrUnexpectedEOF},
		{wire.Cell, wire.MaxFrame, io.ErrUnexpectedEOF},
		{wire.Cell, wire.MaxFrame + 1, wire.ErrFrame},
	} {
		stream := bytes.NewBuffer(varint.ToUvarint(tc.length))
		if _, err := wire.NewConn(stream).Read(tc.kind); !errors.Is(err, tc.want) {
			t.Errorf("%s that claims %d bytes: %v, want %v", tc.kind, tc.length, err, tc.want)
		}
	}
}

// TestFirstFrame: whoever opens a stream chooses with which kind it begins; the bound
// of that kind holds all the same.
func TestFirstFrame(t *testing.T) {
	for kind, largest := range map[wire.Kind]int{wire.Handshake: e2ee.Message2Size, wire.Cell: e2ee.MaxCell} {
		var stream bytes.Buffer
		c := wire.NewConn(&stream)
		if err := c.Write(kind, make([]byte, largest)); err != nil {
			t.Fatal(err)
		}
		got, body, err := c.ReadFirst()
		if err != nil || got != kind || len(body) != largest {
			t.Errorf("a %s came back as %d bytes of a %s, %v", kind, len(body), got, err)
		}
		if _, _, err := c.ReadFirst(); err != io.EOF {
			t.Errorf("at the end: %v, want io.EOF", err)
		}
	}
	frame := func(field int, size int) string {
		body := value(field, strings.Repeat("x", size))
		return string(append(varint.ToUvarint(uint64(len(body))), body...))
	}
	if _, body, err := wire.NewConn(bytes.NewBufferString(frame(1, wire.MaxHandshakeFrame-3))).ReadFirst(); err != nil {
		t.Errorf("a handshake message of %d bytes: %v", len(body), err)
	}
	for name, in := range map[string]string{
		"handshake message that is too long": frame(1, wire.MaxHandshakeFrame-2),
		"cell that is too long":              frame(2, wire.MaxFrame),
		"unknown kind":                       frame(3, 1),
		"nothing":                            "\x00",
	} {
		if _, _, err := wire.NewConn(bytes.NewBufferString(in)).ReadFirst(); !errors.Is(err, wire.ErrFrame) {
			t.Errorf("%s: error is %v, want ErrFrame", name, err)
		}
	}
}

func FuzzFrame(f *testing.F) {
	var stream bytes.Buffer
	_ = wire.NewConn(&stream).Write(wire.Cell, []byte("seed"))
	f.Add(stream.Bytes())
	f.Add([]byte{0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f})
	f.Fuzz(func(t *testing.T, in []byte) {
		body, err := wire.NewConn(bytes.NewBuffer(in)).Read(wire.Cell)
		if err != nil {
			return
		}
		var again bytes.Buffer
		c := wire.NewConn(&again)
		if err := c.Write(wire.Cell, body); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if got, err := c.Read(wire.Cell); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("round trip failed: %v", err)
		}
	})
}
