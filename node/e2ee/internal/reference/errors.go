package reference

// Error is the class of an error, by the name that the specification gives it
// in italics and the vectors use.
type Error string

func (e Error) Error() string { return "reference: " + string(e) }

// The classes of errors.
const (
	ErrMalformed   Error = "malformed"
	ErrVersion     Error = "version"
	ErrDowngrade   Error = "downgrade"
	ErrDecrypt     Error = "decrypt"
	ErrIdentity    Error = "identity"
	ErrCertificate Error = "certificate"
	ErrGap         Error = "gap"
	ErrRepeated    Error = "repeated"
	ErrTooLarge    Error = "too large"
	ErrExhausted   Error = "exhausted"
	ErrNewer       Error = "newer"
	ErrSaved       Error = "saved"
)
