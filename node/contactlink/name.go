package contactlink

import (
	"fmt"

	"github.com/onionwire/onionwire/node/internal/displayname"
)

// MaxName bounds the display name, in bytes of UTF-8.
const MaxName = displayname.MaxSize

// CheckName reports what is wrong with a display name, if anything: one that a link
// can have, or none. The error matches ErrMalformed and does not repeat the name.
func CheckName(name string) error {
	if err := displayname.Check(name); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}
