package reference

import (
	"encoding/hex"
	"math/big"
	"slices"
)

// fieldPrime is 2^255 - 19.
var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// littleEndian returns the number that b stands for.
func littleEndian(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// AcceptablePoint tells whether u is an X25519 key as honest ones are, section
// "Notation".
func AcceptablePoint(u []byte) bool {
	if len(u) != keySize {
		return false
	}
	n := littleEndian(u)
	if n.Cmp(fieldPrime) >= 0 {
		return false
	}
	return !slices.ContainsFunc(SmallOrderPoints(), func(p []byte) bool { return slices.Equal(p, u) })
}

// SmallOrderPoints returns the canonical encodings of the points of small order
// on the curve and its twist.
func SmallOrderPoints() [][]byte {
	var points [][]byte
	for _, s := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	} {
		points = append(points, mustSucceed(hex.DecodeString(s)))
	}
	return points
}

// ModulusCheck is the check of an encapsulation key in FIPS 203, section 7.2:
// 768 coefficients of 12 bits below 3329, and 32 bytes of seed.
func ModulusCheck(ek []byte) bool {
	if len(ek) != ekSize {
		return false
	}
	for i := 0; i < 1152; i += 3 {
		first := int(ek[i]) | int(ek[i+1]&15)<<8
		second := int(ek[i+1])>>4 | int(ek[i+2])<<4
		if first >= 3329 || second >= 3329 {
			return false
		}
	}
	return true
}

// AcceptableIdentity tells whether ik is the canonical encoding of a point of
// edwards25519 that is not of small order (RFC 8032, section 5.1.3).
func AcceptableIdentity(ik []byte) bool {
	if len(ik) != keySize {
		return false
	}
	p, one := fieldPrime, big.NewInt(1)
	y := littleEndian(ik)
	sign := y.Bit(255)
	y.SetBit(y, 255, 0)
	if y.Cmp(p) >= 0 {
		return false
	}
	// x² = (y² − 1) / (d y² + 1)
	d := new(big.Int).Mul(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), p))
	yy := new(big.Int).Mul(y, y)
	denominator := new(big.Int).Add(new(big.Int).Mul(d, yy), one)
	denominator.Mod(denominator, p)
	xx := new(big.Int).Mul(yy.Sub(yy, one), denominator.ModInverse(denominator, p))
	x := new(big.Int).ModSqrt(xx.Mod(xx, p), p)
	if x == nil || x.Sign() == 0 && sign == 1 {
		return false
	}
	if x.Bit(0) != sign {
		x.Sub(p, x)
	}
	for range 3 {
		x, y = doubled(x, y, d)
	}
	return x.Sign() != 0 || y.Cmp(one) != 0 // eight times the point is not the neutral one
}

// doubled adds a point of edwards25519 to itself, RFC 8032, section 5.1.4, in
// affine coordinates:
//
//	x = 2xy / (1 + d x²y²)    y = (y² + x²) / (1 − d x²y²)
func doubled(x, y, d *big.Int) (x2, y2 *big.Int) {
	p, one := fieldPrime, big.NewInt(1)
	xy := new(big.Int).Mul(x, y)
	k := new(big.Int).Mul(d, new(big.Int).Mul(xy, xy))
	quotient := func(above, below *big.Int) *big.Int {
		below.Mod(below, p)
		above.Mul(above, below.ModInverse(below, p))
		return above.Mod(above, p)
	}
	sum := new(big.Int).Add(new(big.Int).Mul(x, x), new(big.Int).Mul(y, y))
	return quotient(xy.Lsh(xy, 1), new(big.Int).Add(one, k)),
		quotient(sum, new(big.Int).Sub(one, k))
}
