package download

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
)

// hashStep is how much is read at once to be hashed: enough for the disk, and little
// enough to be called off at once.
const hashStep = 256 << 10

// hash returns the SHA-256 of all that r gives.
func hash(ctx context.Context, r io.Reader, progress func(done uint64)) (sum [32]byte, err error) {
	state, buffer := sha256.New(), make([]byte, hashStep)
	var done uint64
	for {
		if ctx.Err() != nil {
			return sum, context.Cause(ctx)
		}
		n, err := io.ReadFull(r, buffer)
		state.Write(buffer[:n])
		done += uint64(n)
		if progress != nil && n > 0 {
			progress(done)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return [32]byte(state.Sum(nil)), nil
		case err != nil:
			return sum, err
		}
	}
}
