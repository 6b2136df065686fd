package tortest

import (
	"math/big"
	"slices"
)

// The standard library makes an Ed25519 public key from a seed only, and
// ADD_ONION is given the scalar instead. So here is the multiplication, short
// and slow (about a millisecond) and not in constant time: for keys of tests.

// The curve's prime, constant and base point (RFC 8032, 5.1).
var (
	fakePrime = fakeInt("57896044618658097711785492504343953926634992332820282019728792003956564819949")
	fakeD     = fakeInt("37095705934669439343138083508754565189542113879843219016388785533085940283555")
	fakeBaseX = fakeInt("15112221349535400772501151409588531511454012693041857206046113283949847762202")
	fakeBaseY = fakeInt("46316835694926478169428394003475163141307993866256225615783033603165251855960")
)

func fakeInt(decimal string) *big.Int {
	n, _ := new(big.Int).SetString(decimal, 10)
	return n
}

func fakeMul(a, b *big.Int) *big.Int {
	product := new(big.Int).Mul(a, b)
	return product.Mod(product, fakePrime)
}

// fakePoint is a point in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
type fakePoint struct{ x, y, z, t *big.Int }

// add follows RFC 8032, 5.1.4; it also doubles and adds the neutral point.
func (p fakePoint) add(q fakePoint) fakePoint {
	sum := func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
	difference := func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
	a := fakeMul(difference(p.y, p.x), difference(q.y, q.x))
	b := fakeMul(sum(p.y, p.x), sum(q.y, q.x))
	c := fakeMul(fakeMul(p.t, q.t), sum(fakeD, fakeD))
	d := fakeMul(p.z, sum(q.z, q.z))
	e, f, g, h := difference(b, a), difference(d, c), sum(d, c), sum(b, a)
	return fakePoint{x: fakeMul(e, f), y: fakeMul(g, h), z: fakeMul(f, g), t: fakeMul(e, h)}
}

// fakePublicKey is the encoding of scalar times the base point, nil if that is
// the neutral point.
func fakePublicKey(scalar *big.Int) []byte {
	base := fakePoint{fakeBaseX, fakeBaseY, big.NewInt(1), fakeMul(fakeBaseX, fakeBaseY)}
	point := fakePoint{big.NewInt(0), big.NewInt(1), big.NewInt(1), big.NewInt(0)}
	for i := scalar.BitLen() - 1; i >= 0; i-- {
		point = point.add(point)
		if scalar.Bit(i) == 1 {
			point = point.add(base)
		}
	}
	if point.x.Sign() == 0 {
		return nil
	}
	inverse := new(big.Int).ModInverse(point.z, fakePrime)
	x, y := fakeMul(point.x, inverse), fakeMul(point.y, inverse)
	encoded := y.FillBytes(make([]byte, 32))
	slices.Reverse(encoded)
	encoded[31] |= byte(x.Bit(0)) << 7
	return encoded
}
