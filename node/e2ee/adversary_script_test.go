package e2ee_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// play runs a script of which each word is an operation: "A" lets the initiator
// seal a cell, "B" the responder, and a number lets the cell of that number
// arrive, of which the first is 0.
func (o *overheard) play(script string) {
	o.tb.Helper()
	for word := range strings.FieldsSeq(script) {
		switch word {
		case "A":
			o.seal(0)
		case "B":
			o.seal(1)
		default:
			cell, err := strconv.Atoi(word)
			if err != nil {
				o.tb.Fatal(err)
			}
			o.deliver(cell)
		}
	}
}

// crossing has several cells in each chain, several steps on both sides, cells
// that cross each other, come out of order, come after the chain that follows
// theirs, and never come.
const crossing = `
	B B A A A  0 2 4      (3 is missing, 1 under way)
	B 5 A A  7 1          (6 is overtaken)
	B B 9 A A 10 11 6     (8 is overtaken)
	B B 12 13 3 A 14 B A  (3 comes late)
	15 16 8 B A 17 18 B   (8 comes late)
`

// overhearCrossing plays crossing, without its remarks.
func overhearCrossing(t *testing.T) *overheard {
	t.Helper()
	o := overhear(t, t.Name())
	var script strings.Builder
	for line := range strings.Lines(crossing) {
		operations, _, _ := strings.Cut(line, "(")
		script.WriteString(operations + " ")
	}
	o.play(script.String())
	return o
}

// wander plays operations that follow from a seed. Of the cells, one in eight
// never arrives and the others in any order.
func (o *overheard) wander(seed uint64, operations int) {
	o.tb.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	var underWay []int
	for range operations {
		if len(underWay) == 0 || random.IntN(2) == 0 {
			if o.seal(random.IntN(2)); random.IntN(8) > 0 {
				underWay = append(underWay, len(o.cells)-1)
			}
			continue
		}
		i := random.IntN(len(underWay))
		o.deliver(underWay[i])
		underWay = append(underWay[:i], underWay[i+1:]...)
	}
}

// eachOverheard checks a property on every conversation that it is shown on.
func eachOverheard(t *testing.T, each func(o *overheard)) {
	t.Helper()
	t.Run("crossing", func(t *testing.T) { each(overhearCrossing(t)) })
	for seed := range uint64(4) {
		t.Run("wandering "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			o := overhear(t, t.Name())
			o.wander(seed, 60)
			each(o)
		})
	}
}

// marks tells something about every cell, as a string to be compared and
// printed: "x" is yes, "-" is no.
func (o *overheard) marks(about func(c *overheardCell) bool) string {
	var b strings.Builder
	for _, c := range o.cells {
		mark := byte('-')
		if about(c) {
			mark = 'x'
		}
		b.WriteByte(mark)
	}
	return b.String()
}

// contents and headers tell which cells somebody reads who knows these strings
// and has recorded all traffic.
func (o *overheard) contents(found reference.Set) string {
	return o.marks(func(c *overheardCell) bool { return found.Has(c.content) })
}

func (o *overheard) headers(found reference.Set) string {
	return o.marks(func(c *overheardCell) bool { return found.Has(c.header) })
}

func (o *overheard) none() string { return o.marks(func(*overheardCell) bool { return false }) }
func (o *overheard) all() string  { return o.marks(func(*overheardCell) bool { return true }) }

// from returns what an adversary can compute from several lots of secrets.
func (o *overheard) from(secrets ...[][]byte) reference.Set {
	known := reference.Set{}
	for _, lot := range secrets {
		known.Add(lot...)
	}
	return o.trace.Closure(known)
}
