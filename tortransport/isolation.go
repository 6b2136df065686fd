package tortransport

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

// isolationUser is the SOCKS user name by which tor 0.4.9 knows that the
// password is an isolation token (socks-extensions, section 1). Older tor
// isolates by any pair of strings.
const isolationUser = "<torS0X>0"

// isolation makes the tokens by which Tor keeps streams apart: those with
// different tokens never share a circuit.
type isolation struct {
	secret        [32]byte
	perConnection bool
}

func (i *isolation) init() { rand.Read(i.secret[:]) }

// auth has the token for a connection to p. It is the same for a peer as long as
// the transport lives, unless every connection gets its own, and tells nothing
// about the peer to who does not know the secret.
func (i *isolation) auth(p peer.ID) socks5.Auth {
	token := make([]byte, 16)
	if i.perConnection {
		rand.Read(token)
	} else {
		m := hmac.New(sha256.New, i.secret[:])
		m.Write([]byte(p))
		copy(token, m.Sum(nil))
	}
	return socks5.Auth{User: isolationUser, Password: hex.EncodeToString(token)}
}
