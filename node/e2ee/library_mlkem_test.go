package e2ee_test

import (
	"bytes"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha3"
	"encoding/hex"
	"io"
	"testing"
)

// The results of many encapsulations with random bytes from SHAKE-128, hashed
// together, as crypto/mlkem's TestAccumulated has them (src/crypto/mlkem in the
// Go repository; the method is that of C2SP's CCTV, https://c2sp.org/CCTV/ML-KEM,
// whose own hashes are of a draft of FIPS 203).
const (
	accumulated100   = "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415"
	accumulated10000 = "8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc"
)

// TestMLKEMAccumulatedVectors would notice an ML-KEM that is not ML-KEM-768, or
// not what our messages and saved sessions were made with.
func TestMLKEMAccumulatedVectors(t *testing.T) {
	t.Parallel()
	stream, sum := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	for i := range 10_000 {
		if i == 100 {
			wantSum(t, sum, accumulated100)
			if raced {
				return
			}
		}
		key := must[*mlkem.DecapsulationKey768](t)(mlkem.NewDecapsulationKey768(next(t, stream, mlkem.SeedSize)))
		public := key.EncapsulationKey()
		write := func(b []byte) { must[int](t)(sum.Write(b)) }
		write(public.Bytes())

		shared, ciphertext, err := mlkemtest.Encapsulate768(public, next(t, stream, 32))
		if err != nil {
			t.Fatal(err)
		}
		write(ciphertext)
		write(shared)
		if got := must[[]byte](t)(key.Decapsulate(ciphertext)); !bytes.Equal(got, shared) {
			t.Fatal("the two sides have different secrets")
		}
		// A ciphertext for no key gives a secret of its own, and no error.
		write(must[[]byte](t)(key.Decapsulate(next(t, stream, mlkem.CiphertextSize768))))
	}
	wantSum(t, sum, accumulated10000)
}

func next(t *testing.T, stream io.Reader, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	must[int](t)(io.ReadFull(stream, b))
	return b
}

// wantSum compares what was written so far, and lets the writing go on.
func wantSum(t *testing.T, sum *sha3.SHAKE, want string) {
	t.Helper()
	state := must[[]byte](t)(sum.MarshalBinary())
	if got := hex.EncodeToString(next(t, sum, 32)); got != want {
		t.Errorf("the hash is %s, want %s", got, want)
	}
	if err := sum.UnmarshalBinary(state); err != nil {
		t.Fatal(err)
	}
}
