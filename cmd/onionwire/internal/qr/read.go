package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // an image that people have
	_ "image/jpeg" // photos
	_ "image/png"  // screenshots
	"io"
	"os"
)

// What can be wrong with an image.
var (
	// ErrNoCode means that there is no QR code in an image, or none that can be read.
	ErrNoCode = errors.New("no QR code found in the image")
	// ErrImage means that a file is no image, or a damaged one.
	ErrImage = errors.New("not an image in PNG, JPEG or GIF")
	// ErrTooLarge means that a file or the image in it is larger than is looked at.
	ErrTooLarge = errors.New("image too large")
)

// Images come from anybody: bounds of what one can cost in memory.
const (
	// MaxFile is how large a file may be, in bytes.
	MaxFile = 32 << 20
	// MaxPixels is how many pixels an image may have. Cameras of telephones make
	// pictures of 12 or, if asked to, of 48 megapixels.
	MaxPixels = 50_000_000
)

// Read returns the text of the QR code in an image file. The error matches ErrNoCode,
// ErrImage or ErrTooLarge, or is one of opening and reading the file.
func Read(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular(): // a pipe would be waited for
		return "", fmt.Errorf("%w: it is not a regular file", ErrImage)
	case info.Size() > MaxFile:
		return "", tooLargeFile()
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	return Decode(file)
}

// Decode returns the text of the QR code in an image that is read to its end. The error
// matches ErrNoCode, ErrImage or ErrTooLarge, or is one of reading.
func Decode(r io.Reader) (string, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		return "", err
	case len(file) > MaxFile:
		return "", tooLargeFile()
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil || size.Width <= 0 || size.Height <= 0:
		return "", ErrImage
	case size.Width > MaxPixels/size.Height:
		return "", fmt.Errorf("%w: %d × %d pixels; make it smaller first", ErrTooLarge, size.Width, size.Height)
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return "", ErrImage
	}
	return find(picture)
}

func tooLargeFile() error {
	return fmt.Errorf("%w: the file has more than %d MiB", ErrTooLarge, MaxFile>>20)
}
