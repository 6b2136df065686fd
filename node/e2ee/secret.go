package e2ee

import "github.com/onionwire/onionwire/node/internal/redact"

// secretSize is the length of every symmetric key and of an X25519 scalar.
const secretSize = redact.Size

// The short names for what every file here holds.
type (
	redacted = redact.Redacted
	secret   = redact.Secret
)
