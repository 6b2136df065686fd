package tortest

import (
	"crypto/ecdh"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fakeCredential is a client's private key for a service with client
// authorisation.
type fakeCredential struct {
	key   []byte // x25519
	words string // what else ONION_CLIENT_AUTH_ADD said
}

func (k fakeCredential) String() string {
	return strings.TrimSpace("x25519:" + base64.StdEncoding.EncodeToString(k.key) + " " + k.words)
}

// clientAuthAdd follows control-spec.txt, 3.30. Permanent keys are refused, as
// by a tor without a ClientOnionAuthDir.
func (c *fakeControl) clientAuthAdd(args []string) fakeAnswer {
	if len(args) < 2 {
		return fakeSay("512 Incomplete ONION_CLIENT_AUTH_ADD command")
	}
	id := strings.ToLower(args[0])
	if !fakeIsServiceID(id) {
		return fakeInvalidAddress(args[0])
	}
	kind, blob, ok := strings.Cut(args[1], ":")
	if !ok {
		return fakeSay("512 Invalid key type/blob")
	}
	if !strings.EqualFold(kind, "x25519") {
		return fakeSay(fmt.Sprintf(`552 Unrecognized key type "%s"`, kind))
	}
	key, err := base64.StdEncoding.DecodeString(blob)
	if err != nil || len(key) != 32 {
		return fakeSay("512 Failed to decode x25519 private key")
	}
	if !slices.ContainsFunc(key, func(b byte) bool { return b != 0 }) {
		return fakeSay(fmt.Sprintf(`553 Invalid private key "%s"`, blob)) // yes, tor repeats it
	}
	for _, word := range args[2:] {
		name, value, _ := strings.Cut(word, "=")
		if !strings.EqualFold(name, "Flags") {
			continue
		}
		if !strings.EqualFold(value, "Permanent") {
			return fakeSay(fmt.Sprintf(`512 Invalid 'Flags' argument: "%s"`, value))
		}
		return fakeSay(fmt.Sprintf(`553 Unable to store creds for "%s"`, id))
	}
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	_, existed := f.credentials[id]
	if !c.gone {
		f.credentials[id] = fakeCredential{key: key, words: strings.Join(args[2:], " ")}
	}
	if existed {
		return fakeSay("251 Client for onion existed and replaced")
	}
	return fakeSay("250 OK")
}

func (c *fakeControl) clientAuthRemove(args []string) fakeAnswer {
	if len(args) == 0 {
		return fakeSay("512 Incomplete ONION_CLIENT_AUTH_REMOVE command")
	}
	id := strings.ToLower(args[0])
	if !fakeIsServiceID(id) {
		return fakeInvalidAddress(args[0])
	}
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.credentials[id]; !ok {
		return fakeSay(fmt.Sprintf(`251 No credentials for "%s"`, id))
	}
	delete(f.credentials, id)
	return fakeSay("250 OK")
}

func (c *fakeControl) clientAuthView(args []string) fakeAnswer {
	if len(args) > 0 && !fakeIsServiceID(strings.ToLower(args[0])) {
		return fakeInvalidAddress(args[0])
	}
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := []string{strings.Join(append([]string{"250-ONION_CLIENT_AUTH_VIEW"}, args...), " ")}
	for _, id := range slices.Sorted(maps.Keys(f.credentials)) {
		if len(args) == 0 || strings.EqualFold(args[0], id) {
			lines = append(lines, "250-CLIENT "+id+" "+f.credentials[id].String())
		}
	}
	return fakeSay(append(lines, "250 OK")...)
}

func fakeInvalidAddress(address string) fakeAnswer {
	return fakeSay(fmt.Sprintf(`512 Invalid v3 address "%s"`, address))
}

// admits returns the SOCKS reply code for a client that holds a credential, or
// none: 0 if it gets in (socks-extensions.txt, extended errors).
func (s *fakeService) admits(credential fakeCredential, held bool) byte {
	if len(s.clients) == 0 {
		return 0
	}
	if !held {
		return fakeSocksAuthMissing
	}
	private, err := ecdh.X25519().NewPrivateKey(credential.key)
	if err != nil {
		return fakeSocksAuthBad
	}
	public := strings.ToUpper(fakeBase32.EncodeToString(private.PublicKey().Bytes()))
	if !slices.Contains(s.clients, public) {
		return fakeSocksAuthBad
	}
	return 0
}
