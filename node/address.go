package node

import "github.com/onionwire/onionwire/node/contactlink"

// Address is where a contact can be reached and who it must be: what people
// give each other.
type Address = contactlink.Link
