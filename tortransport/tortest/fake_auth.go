package tortest

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// The keys of the two hashes of SAFECOOKIE (control-spec.txt, 3.24).
const (
	fakeServerHashKey = "Tor safe cookie authentication server-to-controller hash"
	fakeClientHashKey = "Tor safe cookie authentication controller-to-server hash"
)

func (c *fakeControl) protocolInfo(args []string) fakeAnswer {
	for _, version := range args {
		if _, err := strconv.Atoi(version); err != nil {
			return fakeRefuse(fmt.Sprintf(`513 No such version "%s"`, version))
		}
	}
	c.greeted = true
	config := &c.fake.config
	var methods []string
	var file string
	if config.cookiePath != "" {
		methods = append(methods, "COOKIE", "SAFECOOKIE")
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(config.cookiePath)
		file = ` COOKIEFILE="` + escaped + `"`
	}
	if config.password != nil {
		methods = append(methods, "HASHEDPASSWORD")
	}
	if methods == nil {
		methods = []string{"NULL"}
	}
	return fakeSay(
		"250-PROTOCOLINFO 1",
		"250-AUTH METHODS="+strings.Join(methods, ",")+file,
		`250-VERSION Tor="`+config.version+`"`,
		"250 OK",
	)
}

func (c *fakeControl) authChallenge(args []string) fakeAnswer {
	if len(args) == 0 {
		return fakeSay(fakeArgCount("AUTHCHALLENGE", 0, 2))
	}
	if !strings.EqualFold(args[0], "SAFECOOKIE") {
		return fakeRefuse("513 AUTHCHALLENGE only supports SAFECOOKIE authentication")
	}
	if len(args) != 2 {
		return fakeRefuse("512 Wrong number of arguments for AUTHCHALLENGE")
	}
	cookie := c.fake.currentCookie()
	if cookie == nil {
		return fakeRefuse("515 Cookie authentication is disabled")
	}
	nonce, quoted := fakeUnquote(args[1])
	if !quoted {
		var err error
		if nonce, err = hex.DecodeString(args[1]); err != nil {
			return fakeRefuse("513 Invalid base16 client nonce")
		}
	}
	server := make([]byte, 32)
	rand.Read(server)
	c.challenge = fakeHash(fakeClientHashKey, cookie, nonce, server)
	return fakeSay(fmt.Sprintf("250 AUTHCHALLENGE SERVERHASH=%X SERVERNONCE=%X",
		fakeHash(fakeServerHashKey, cookie, nonce, server), server))
}

func (c *fakeControl) authenticate(arg string) fakeAnswer {
	secret, quoted := fakeUnquote(arg)
	if !quoted && strings.HasPrefix(arg, `"`) {
		return fakeSay("512 Bad arguments to AUTHENTICATE: Cannot parse keyword argument(s)")
	}
	if !quoted {
		var err error
		if secret, err = hex.DecodeString(arg); err != nil {
			return fakeRefuse("551 Invalid hexadecimal encoding.  Maybe you tried a plain text password?  If so, the standard requires that you put it in double quotes.")
		}
	}
	if problem := c.checkSecret(secret); problem != "" {
		return fakeRefuse("515 Authentication failed: " + problem)
	}
	c.authenticated = true
	return fakeSay("250 OK")
}

// checkSecret returns what is wrong with a secret, empty if nothing is.
func (c *fakeControl) checkSecret(secret []byte) string {
	cookie, password := c.fake.currentCookie(), c.fake.config.password
	switch {
	case c.challenge != nil && len(secret) != len(c.challenge):
		return "Wrong length for safe cookie response."
	case c.challenge != nil && !bytes.Equal(secret, c.challenge):
		return "Safe cookie response did not match expected value."
	case c.challenge != nil, cookie == nil && password == nil:
		return ""
	case cookie != nil && bytes.Equal(secret, cookie):
		return ""
	case password != nil && string(secret) == *password:
		return ""
	case password != nil && cookie != nil:
		return "Password did not match HashedControlPassword *or* authentication cookie."
	case password != nil:
		return "Password did not match HashedControlPassword value from configuration"
	case len(secret) != len(cookie):
		return "Wrong length on authentication cookie."
	}
	return "Authentication cookie did not match expected value."
}

// currentCookie is nil without FakeCookie.
func (f *Fake) currentCookie() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cookie
}

func fakeHash(key string, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// fakeUnquote decodes a quoted string (control-spec.txt, 2.1.1); escapes other
// than a backslash and one character are not used here.
func fakeUnquote(s string) ([]byte, bool) {
	if len(s) < 2 || s[0] != '"' {
		return nil, false
	}
	var out []byte
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return out, i == len(s)-1
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		out = append(out, s[i])
	}
	return nil, false
}
