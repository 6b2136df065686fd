package e2ee_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// sample is many smallest cells of contents that could not differ more, from
// both sides, over several steps. All random bytes follow from the test's name,
// so the figures below are the same in every run.
func sample(t *testing.T, cells int) [][]byte {
	t.Helper()
	o := overhear(t, t.Name())
	random := reference.NewRandom(t.Name() + "/contents")
	kinds := []func(i int) []byte{
		func(int) []byte { return nil },
		func(i int) []byte { return []byte{byte(i)} },
		func(int) []byte { return make([]byte, e2ee.OneCell) },
		func(int) []byte { return bytes.Repeat([]byte{255}, e2ee.OneCell) },
		func(i int) []byte { return fmt.Appendf(nil, "receipt %d", i) },
		func(i int) []byte { return []byte(strings.Repeat("the same words again. ", i%60)) },
		func(i int) []byte { return random.Bytes(i % (e2ee.OneCell + 1)) },
	}
	sample := make([][]byte, cells)
	for i := range sample {
		from, to := o.sides[i/50%2], o.sides[1-i/50%2]
		for _, s := range o.sides {
			s.dice.bytes.Write(random.Bytes(200 - s.dice.bytes.Len()))
			s.dice.encapsulation.Write(random.Bytes(32 - s.dice.encapsulation.Len()))
		}
		content := kinds[i%len(kinds)](i)
		sample[i] = seal(t, from.real, content)
		wantOpens(t, to.real, sample[i], content)
	}
	return sample
}

// Goal "hidden headers and lengths": everything that fits into one cell makes
// one, and all of them have the same length.
func TestSmallContentsHaveOneSize(t *testing.T) {
	alice, _ := newSessions(t)
	for n := range e2ee.OneCell + 1 {
		if cell := seal(t, alice, make([]byte, n)); len(cell) != e2ee.CellSize {
			t.Fatalf("%d bytes of content make a cell of %d", n, len(cell))
		}
	}
	if cell := seal(t, alice, make([]byte, e2ee.OneCell+1)); len(cell) != 2*e2ee.CellSize {
		t.Errorf("one byte more makes a cell of %d", len(cell))
	}
}

// Cells look like random bytes. With 255 degrees of freedom chi-square is 255 on
// average, with a standard deviation of 22.6: the bounds are ten of them away for
// all bytes together and six for each of the 4,096 places in a cell, so one
// choice of random bytes in some thousands would fail. A place at which one bit
// never changes has 2,000 or more.
func TestCellsLookRandom(t *testing.T) {
	const cells = 2000
	var all [256]int
	places := make([][256]int, e2ee.CellSize)
	blocks := make(map[[16]byte]bool, cells*e2ee.CellSize/16)
	ones := make([]int, 8)
	for _, cell := range sample(t, cells) {
		if len(cell) != e2ee.CellSize {
			t.Fatalf("a cell has %d bytes", len(cell))
		}
		for place, b := range cell {
			all[b]++
			places[place][b]++
			for bit := range ones {
				ones[bit] += int(b) >> bit & 1
			}
		}
		for block := range slices.Chunk(cell, 16) {
			if blocks[[16]byte(block)] {
				t.Error("a block of 16 bytes came before")
			}
			blocks[[16]byte(block)] = true
		}
	}
	if x := chiSquare(all[:]); x < 29 || x > 481 {
		t.Errorf("chi-square of all bytes is %.1f", x)
	}
	worst := 0.0
	for place := range places {
		x := chiSquare(places[place][:])
		worst = max(worst, x)
		if x < 119 || x > 391 {
			t.Errorf("chi-square of the bytes at %d is %.1f", place, x)
		}
	}
	t.Logf("chi-square: %.1f for all bytes, at most %.1f for one place", chiSquare(all[:]), worst)
	for bit, n := range ones {
		// The standard deviation of the share of ones is 0.00017.
		if share := float64(n) / (cells * e2ee.CellSize); share < 0.499 || share > 0.501 {
			t.Errorf("bit %d is one in %.4f of all bytes", bit, share)
		}
	}
}

// chiSquare tells how far counts are from being equal.
func chiSquare(counts []int) (x float64) {
	total := 0
	for _, n := range counts {
		total += n
	}
	expected := float64(total) / float64(len(counts))
	for _, n := range counts {
		x += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return x
}
