package qr_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
)

// link has the length and the letters of a contact link.
var link = "ONIONWIRE:" + strings.Repeat("AEB2C3D4E5F6G7", 9)

// drawn paints lines as a terminal does, light on dark, with so many pixels a module.
func drawn(t *testing.T, lines []string, size int) *image.Gray {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, utf8.RuneCountInString(lines[0])*size, len(lines)*2*size))
	paint := func(x, y int) {
		draw.Draw(img, image.Rect(x*size, y*size, (x+1)*size, (y+1)*size), image.White, image.Point{}, draw.Src)
	}
	for y, line := range lines {
		x := 0
		for _, r := range line {
			if r == '█' || r == '▀' {
				paint(x, 2*y)
			}
			if r == '█' || r == '▄' {
				paint(x, 2*y+1)
			}
			x++
		}
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func wantText(t *testing.T, file []byte, want string) {
	t.Helper()
	got, err := qr.Decode(bytes.NewReader(file))
	if err != nil || got != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

func TestTerminalCanBeScanned(t *testing.T) {
	for _, text := range []string{link, "a", "onionwire:lower case needs another mode", strings.Repeat("A", 830)} {
		c, err := qr.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		lines := c.Lines()
		if len(lines) != c.Height() {
			t.Errorf("%d lines, announced %d", len(lines), c.Height())
		}
		for _, line := range lines {
			if w := utf8.RuneCountInString(line); w != c.Width() {
				t.Errorf("a line of %d columns, announced %d", w, c.Width())
			}
		}
		wantText(t, pngOf(t, drawn(t, lines, 4)), text)
	}
}

// A link has to fit into a usual terminal.
func TestLinkFitsAnEightyByTwentyFourTerminal(t *testing.T) {
	c, err := qr.Encode(link)
	if err != nil || c.Width() > 80 || c.Height() > 24 {
		t.Errorf("%d × %d, %v", c.Width(), c.Height(), err)
	}
}

func TestFit(t *testing.T) {
	c, err := qr.Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	w, h := c.Least()
	if len(c.Fit(w, h)) != h || c.Fit(w-1, h) != nil || c.Fit(w, h-1) != nil {
		t.Errorf("%d × %d is not the least", w, h)
	}
	for _, test := range []struct{ width, height, want int }{
		{100, 100, c.Height()}, {76, 21, 21}, {76, 22, 22}, {c.Width(), c.Height(), c.Height()}, {76, 20, 0}, {40, 100, 0}, {0, 0, 0},
	} {
		lines := c.Fit(test.width, test.height)
		if len(lines) != test.want {
			t.Errorf("%d lines in %d × %d, want %d", len(lines), test.width, test.height, test.want)
		}
		if len(lines) > 0 {
			wantText(t, pngOf(t, drawn(t, lines, 4)), link)
		}
	}
}

func TestTerminalColours(t *testing.T) {
	plain := strings.Split(strings.TrimSuffix(qr.Plain(link), "\n"), "\n")
	coloured := strings.Split(strings.TrimSuffix(qr.Terminal(link), "\n"), "\n")
	if len(plain) != len(coloured) {
		t.Fatalf("%d lines and %d", len(plain), len(coloured))
	}
	for i := range plain {
		if strings.Contains(plain[i], "\x1b") {
			t.Error("colours without being asked for")
		}
		if !strings.HasPrefix(coloured[i], "\x1b[") || !strings.HasSuffix(coloured[i], plain[i]+"\x1b[0m") {
			t.Errorf("line %d: %q", i, coloured[i])
		}
	}
}

func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", 3000)
	if qr.Terminal(long) != "" || qr.Plain(long) != "" {
		t.Error("a code of what does not fit")
	}
	if _, err := qr.PNG(long); !errors.Is(err, qr.ErrTooLong) {
		t.Errorf("error %v", err)
	}
}

func TestReadFile(t *testing.T) {
	file, err := qr.PNG(link)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := qr.Read(path); err != nil || got != link {
		t.Errorf("read %q, %v", got, err)
	}
}

// photo is a code that is small in a picture that is not, grey on a ground with a
// gradient.
func photo(t *testing.T, width, height int) *image.RGBA {
	t.Helper()
	file, err := qr.PNG(link)
	if err != nil {
		t.Fatal(err)
	}
	code, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := uint8(120 + 100*x/width)
			img.SetRGBA(x, y, color.RGBA{v, v, v - 20, 255})
		}
	}
	at := image.Pt(width/3, height/3)
	for y := range code.Bounds().Dy() {
		for x := range code.Bounds().Dx() {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				img.SetRGBA(at.X+x, at.Y+y, color.RGBA{50, 40, 45, 255})
			} else {
				img.SetRGBA(at.X+x, at.Y+y, color.RGBA{230, 220, 210, 255})
			}
		}
	}
	return img
}

func TestReadPhoto(t *testing.T) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, photo(t, 1700, 1300), &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	wantText(t, file.Bytes(), link)
}

func TestReadGIF(t *testing.T) {
	c, err := qr.Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	from := drawn(t, c.Lines(), 4)
	img := image.NewPaletted(from.Rect, color.Palette{color.Black, color.White})
	draw.Draw(img, img.Rect, from, image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := gif.Encode(&file, img, nil); err != nil {
		t.Fatal(err)
	}
	wantText(t, file.Bytes(), link)
}

// A screenshot of a terminal with dark letters on light ground has the colours the
// other way round.
func TestReadInverted(t *testing.T) {
	c, err := qr.Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	img := drawn(t, c.Lines(), 5)
	for i := range img.Pix {
		img.Pix[i] = 255 - img.Pix[i]
	}
	wantText(t, pngOf(t, img), link)
}

// What is transparent is white.
func TestReadTransparent(t *testing.T) {
	c, err := qr.Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	from := drawn(t, c.Lines(), 4)
	img := image.NewNRGBA(from.Rect)
	for y := range from.Rect.Dy() {
		for x := range from.Rect.Dx() {
			if from.GrayAt(x, y).Y == 0 {
				img.SetNRGBA(x, y, color.NRGBA{A: 255})
			}
		}
	}
	wantText(t, pngOf(t, img), link)
}
