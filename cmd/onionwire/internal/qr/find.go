package qr

import (
	"image"
	"image/color"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// longest is how many pixels the longer side of an image has when a code is searched:
// more of them cost time and make the grain of a photo count.
const longest = 1600

// find looks for a code as it is, then for a small one in a large picture, a blurred
// one, and one in light on dark, as a screenshot of a dark terminal has.
func find(picture image.Image) (string, error) {
	g := greyOf(picture)
	attempts := []grey{g.shrunk(longest), g.shrunk(longest / 2), g.shrunk(longest / 4)}
	if max(g.width, g.height) > longest {
		attempts = append(attempts, g.shrunk(2*longest))
	}
	for _, inverted := range []bool{false, true} {
		for _, attempt := range attempts {
			if text, ok := attempt.decode(inverted); ok {
				return text, nil
			}
		}
	}
	return "", ErrNoCode
}

// grey is an image as brightness, row by row.
type grey struct {
	width, height int
	pixels        []byte
}

// greyOf takes what is transparent for white, as on paper.
func greyOf(picture image.Image) grey {
	b := picture.Bounds()
	g := grey{b.Dx(), b.Dy(), make([]byte, 0, b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			g.pixels = append(g.pixels, brightness(picture, x, y))
		}
	}
	return g
}

// brightness knows what photos and most screenshots are made of, which is many times
// faster than to ask for a colour.
func brightness(picture image.Image, x, y int) byte {
	switch p := picture.(type) {
	case *image.YCbCr:
		return p.Y[p.YOffset(x, y)]
	case *image.Gray:
		return p.GrayAt(x, y).Y
	case *image.RGBA:
		c := p.RGBAAt(x, y)
		return onWhite(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A))
	}
	r, gr, b, a := picture.At(x, y).RGBA()
	return onWhite(r>>8, gr>>8, b>>8, a>>8)
}

// onWhite is the brightness of a colour, by its alpha already, on white.
func onWhite(r, g, b, a uint32) byte {
	y := color.GrayModel.Convert(color.RGBA{R: uint8(r), G: uint8(g), B: uint8(b), A: 255}).(color.Gray).Y
	return byte(min(uint32(y)+255-a, 255))
}

// shrunk returns the image with no side longer than that, by whole steps: each pixel is
// the mean of those that it stands for.
func (g grey) shrunk(to int) grey {
	step := (max(g.width, g.height) + to - 1) / to
	if step <= 1 {
		return g
	}
	s := grey{width: g.width / step, height: g.height / step}
	s.pixels = make([]byte, 0, s.width*s.height)
	for y := range s.height {
		for x := range s.width {
			sum := 0
			for dy := range step {
				row := (y*step+dy)*g.width + x*step
				for _, p := range g.pixels[row : row+step] {
					sum += int(p)
				}
			}
			s.pixels = append(s.pixels, byte(sum/(step*step)))
		}
	}
	return s
}

// smallest is how many pixels the side of a code has at least: 21 modules. The library
// divides by what smaller images have none of.
const smallest = 21

// decode looks for a code. The library counts on images that nobody has made to confuse
// it: one at which it panics is one that cannot be read, and no reason to end.
func (g grey) decode(inverted bool) (text string, ok bool) {
	if g.width < smallest || g.height < smallest {
		return "", false
	}
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(&image.Gray{
		Pix: g.pixels, Stride: g.width, Rect: image.Rect(0, 0, g.width, g.height),
	})
	if inverted {
		source = source.Invert()
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		return "", false
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true,
	})
	if err != nil {
		return "", false
	}
	return result.GetText(), true
}
