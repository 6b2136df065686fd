package tor

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// ErrAuth means that the control port did not let us in.
var ErrAuth = errors.New("tor control authentication failed")

// Keys of the two HMACs of AUTHCHALLENGE, control-spec section 3.24.
const (
	safeCookieServer = "Tor safe cookie authentication server-to-controller hash"
	safeCookieClient = "Tor safe cookie authentication controller-to-server hash"
)

const cookieLen = 32

// credentials are what a caller knows about an attached daemon.
type credentials struct {
	password   string
	cookieFile string // overrides what the daemon names, which may be its own view of the file system
}

// protocolInfo is tor's answer to PROTOCOLINFO (control-spec section 3.21).
type protocolInfo struct {
	methods    []string
	cookieFile string
	version    Version
}

func parseProtocolInfo(r reply) (protocolInfo, error) {
	var info protocolInfo
	for _, line := range r {
		words, pairs, err := keywords(line)
		if err != nil || len(words) == 0 {
			continue // a line of a later version of the protocol
		}
		switch words[0] {
		case "AUTH":
			info.methods = strings.Split(pairs["METHODS"], ",")
			info.cookieFile = pairs["COOKIEFILE"]
		case "VERSION":
			info.version, err = ParseVersion(pairs["Tor"])
			if err != nil {
				return protocolInfo{}, fmt.Errorf("control port: %w", err)
			}
		}
	}
	if info.methods == nil {
		return protocolInfo{}, fmt.Errorf("%w: it names no authentication method", ErrAuth)
	}
	if info.version == (Version{}) {
		return protocolInfo{}, errors.New("the control port does not tell tor's version")
	}
	return info, nil
}

// authenticate chooses the strongest method that the daemon offers and for
// which there is something to offer. A password that the caller gave goes
// first: it was given for a reason, and the cookie is often unreadable then.
func (c *controlConn) authenticate(ctx context.Context, cred credentials) (Version, error) {
	r, err := c.request(ctx, "PROTOCOLINFO 1")
	if err != nil {
		return Version{}, fmt.Errorf("asking for the authentication methods: %w", err)
	}
	info, err := parseProtocolInfo(r)
	if err != nil {
		return Version{}, err
	}
	offers := func(m string) bool { return slices.Contains(info.methods, m) }
	cookieFile := cred.cookieFile
	if cookieFile == "" {
		cookieFile = info.cookieFile
	}
	switch {
	case cred.password != "" && offers("HASHEDPASSWORD"):
		err = c.sendAuth(ctx, []byte(cred.password))
	case offers("SAFECOOKIE") && cookieFile != "":
		err = c.safeCookie(ctx, cookieFile)
	case offers("COOKIE") && cookieFile != "":
		var cookie []byte
		if cookie, err = readCookie(cookieFile); err == nil {
			err = c.sendAuth(ctx, cookie)
		}
	case offers("NULL"):
		err = c.sendAuth(ctx, nil)
	case offers("HASHEDPASSWORD"):
		err = fmt.Errorf("%w: it asks for a password and none was given", ErrAuth)
	default:
		err = fmt.Errorf("%w: it offers only %s", ErrAuth, printable(strings.Join(info.methods, ", ")))
	}
	return info.version, err
}

func (c *controlConn) sendAuth(ctx context.Context, secret []byte) error {
	line := "AUTHENTICATE"
	if len(secret) > 0 {
		line += " " + hex.EncodeToString(secret)
	}
	return authFailed(c.request(ctx, line))
}

// safeCookie proves that both sides can read the cookie without sending it.
func (c *controlConn) safeCookie(ctx context.Context, file string) error {
	cookie, err := readCookie(file)
	if err != nil {
		return err
	}
	nonce := make([]byte, 32)
	rand.Read(nonce) // never fails
	r, err := c.request(ctx, "AUTHCHALLENGE SAFECOOKIE "+hex.EncodeToString(nonce))
	if err != nil {
		return authFailed(r, err)
	}
	_, pairs, err := keywords(r[len(r)-1])
	if err != nil {
		return fmt.Errorf("%w: malformed challenge: %w", ErrAuth, err)
	}
	serverHash, err1 := hex.DecodeString(pairs["SERVERHASH"])
	serverNonce, err2 := hex.DecodeString(pairs["SERVERNONCE"])
	if err := errors.Join(err1, err2); err != nil || len(serverNonce) != 32 {
		return fmt.Errorf("%w: malformed challenge", ErrAuth)
	}
	mac := func(key string) []byte {
		m := hmac.New(sha256.New, []byte(key))
		m.Write(cookie)
		m.Write(nonce)
		m.Write(serverNonce)
		return m.Sum(nil)
	}
	if !hmac.Equal(serverHash, mac(safeCookieServer)) {
		return fmt.Errorf("%w: the control port does not know its own cookie, so it is not tor's", ErrAuth)
	}
	return c.sendAuth(ctx, mac(safeCookieClient))
}

// readCookie reads exactly a cookie: with the plain COOKIE method its content is
// sent to whoever named the file, so no other kind of file may pass.
func readCookie(file string) ([]byte, error) {
	// Looked at before it is opened: opening a named pipe would wait for ever.
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("%w: cannot read the cookie: %w", ErrAuth, err)
	}
	if !info.Mode().IsRegular() || info.Size() != cookieLen {
		return nil, fmt.Errorf("%w: the cookie file is not a file of %d bytes", ErrAuth, cookieLen)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%w: cannot read the cookie: %w", ErrAuth, err)
	}
	defer f.Close()
	cookie := make([]byte, cookieLen)
	if _, err := io.ReadFull(f, cookie); err != nil {
		return nil, fmt.Errorf("%w: cannot read the cookie: %w", ErrAuth, err)
	}
	return cookie, nil
}

// authFailed turns a refusal into ErrAuth and leaves other errors alone.
func authFailed(_ reply, err error) error {
	if errors.Is(err, ErrRefused) {
		return fmt.Errorf("%w: %w", ErrAuth, err)
	}
	return err
}
