package qr_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
)

func wantRefused(t *testing.T, file []byte, want error) {
	t.Helper()
	if text, err := qr.Decode(bytes.NewReader(file)); !errors.Is(err, want) || text != "" {
		t.Errorf("read %q, %v, want %v", text, err, want)
	}
}

func TestNoImage(t *testing.T) {
	wantRefused(t, nil, qr.ErrImage)
	wantRefused(t, []byte("onionwire:"), qr.ErrImage)
	whole := pngOf(t, image.NewGray(image.Rect(0, 0, 50, 50)))
	wantRefused(t, whole[:len(whole)/2], qr.ErrImage)
}

func TestNoCode(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {20, 20}, {500, 30}, {3000, 1}, {200, 200}} {
		wantRefused(t, pngOf(t, image.NewGray(image.Rectangle{Max: size})), qr.ErrNoCode)
	}
}

// bomb is a PNG of some bytes that says it has so many pixels.
func bomb(width, height uint32) []byte {
	header := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)...)
	header = append(header, 8, 6, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	file = append(file, header...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(header))
}

func TestTooManyPixels(t *testing.T) {
	wantRefused(t, bomb(100_000, 100_000), qr.ErrTooLarge)
	wantRefused(t, bomb(1<<31-1, 1<<31-1), qr.ErrImage) // as the decoder says before
	wantRefused(t, bomb(7072, 7072), qr.ErrTooLarge)
	wantRefused(t, bomb(10, 10), qr.ErrImage) // and then has none
}

func TestFilesThatAreNotLookedAt(t *testing.T) {
	dir := t.TempDir()
	if _, err := qr.Read(filepath.Join(dir, "none.png")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v for no file", err)
	}
	if _, err := qr.Read(dir); !errors.Is(err, qr.ErrImage) {
		t.Errorf("error %v for a folder", err)
	}
	large := filepath.Join(dir, "large.png")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, qr.MaxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := qr.Read(large); !errors.Is(err, qr.ErrTooLarge) {
		t.Errorf("error %v for a large file", err)
	}
}

// FuzzDecode: whatever the file, an answer or one of the errors.
func FuzzDecode(f *testing.F) {
	code, err := qr.PNG("A")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(code)
	f.Add(bomb(10, 10))
	f.Add([]byte("GIF89a"))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, file []byte) {
		text, err := qr.Decode(bytes.NewReader(file))
		known := errors.Is(err, qr.ErrNoCode) || errors.Is(err, qr.ErrImage) || errors.Is(err, qr.ErrTooLarge)
		if err == nil == known || known && text != "" {
			t.Fatalf("read %q, %v", text, err)
		}
	})
}

// FuzzPixels has the pixels below the formats: what a camera could see.
func FuzzPixels(f *testing.F) {
	f.Add(uint8(60), bytes.Repeat([]byte{0, 255, 255, 0, 0, 0}, 700))
	f.Add(uint8(21), bytes.Repeat([]byte{0}, 441))
	f.Fuzz(func(t *testing.T, width uint8, pixels []byte) {
		if width == 0 || len(pixels) < int(width) || len(pixels) > 40_000 {
			return
		}
		height := len(pixels) / int(width)
		img := &image.Gray{Pix: pixels, Stride: int(width), Rect: image.Rect(0, 0, int(width), height)}
		if _, err := qr.Decode(bytes.NewReader(pngOf(t, img))); err != nil && !errors.Is(err, qr.ErrNoCode) {
			t.Fatal(err)
		}
	})
}
