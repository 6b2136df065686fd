package tortest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// Key sizes in bits, from tor-spec (relay identity) and dir-spec (the
	// other two).
	relayKeyBits     = 1024
	authorityKeyBits = 3072
	signingKeyBits   = 2048

	// certificateLife is far longer than any network of this package lives.
	certificateLife = 365 * 24 * time.Hour
	specTime        = "2006-01-02 15:04:05"
)

// authority is the identity of the directory authority: what tor-gencert and
// `tor --list-fingerprint` would make. It is made here because some packages of
// tor come without tor-gencert.
type authority struct {
	relayKey    *rsa.PrivateKey
	signingKey  *rsa.PrivateKey
	identity    string // v3 identity fingerprint, hexadecimal
	fingerprint string // relay fingerprint, hexadecimal
	certificate []byte
}

func newAuthority(now time.Time) (*authority, error) {
	var keys [3]*rsa.PrivateKey
	for i, bits := range []int{relayKeyBits, authorityKeyBits, signingKeyBits} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			return nil, fmt.Errorf("making the authority's keys: %w", err)
		}
		keys[i] = key
	}
	a := &authority{relayKey: keys[0], signingKey: keys[2]}
	a.fingerprint = fingerprint(a.relayKey)
	a.identity = fingerprint(keys[1])
	var err error
	if a.certificate, err = keyCertificate(keys[1], a.signingKey, now); err != nil {
		return nil, fmt.Errorf("signing the authority's certificate: %w", err)
	}
	return a, nil
}

// save writes the files that tor looks for in its keys folder.
func (a *authority) save(dataDir string) error {
	keys := filepath.Join(dataDir, "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"secret_id_key":         privatePEM(a.relayKey),
		"authority_signing_key": privatePEM(a.signingKey),
		"authority_certificate": a.certificate,
	} {
		if err := os.WriteFile(filepath.Join(keys, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// keyCertificate makes the document of dir-spec, "Creating key certificates".
func keyCertificate(identity, signing *rsa.PrivateKey, now time.Time) ([]byte, error) {
	// A minute in the past, as tor-gencert rounds down as well: tor refuses a
	// certificate from its future.
	published := now.UTC().Add(-time.Minute)
	identityDigest := sha1.Sum(x509.MarshalPKCS1PublicKey(&identity.PublicKey))
	cross, err := sign(signing, identityDigest)
	if err != nil {
		return nil, err
	}
	var doc bytes.Buffer
	fmt.Fprintf(&doc, "dir-key-certificate-version 3\nfingerprint %X\n", identityDigest)
	fmt.Fprintf(&doc, "dir-key-published %s\n", published.Format(specTime))
	fmt.Fprintf(&doc, "dir-key-expires %s\n", published.Add(certificateLife).Format(specTime))
	fmt.Fprintf(&doc, "dir-identity-key\n%s", publicPEM(identity))
	fmt.Fprintf(&doc, "dir-signing-key\n%s", publicPEM(signing))
	fmt.Fprintf(&doc, "dir-key-crosscert\n%s", encodePEM("ID SIGNATURE", cross))
	doc.WriteString("dir-key-certification\n")
	signature, err := sign(identity, sha1.Sum(doc.Bytes()))
	if err != nil {
		return nil, err
	}
	doc.Write(encodePEM("SIGNATURE", signature))
	return doc.Bytes(), nil
}

// sign pads the bare digest, without the prefix that names the hash, as tor's
// directory documents have it.
func sign(key *rsa.PrivateKey, digest [sha1.Size]byte) ([]byte, error) {
	return rsa.SignPKCS1v15(nil, key, crypto.Hash(0), digest[:])
}

func fingerprint(key *rsa.PrivateKey) string {
	digest := sha1.Sum(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	return strings.ToUpper(hex.EncodeToString(digest[:]))
}

func publicPEM(key *rsa.PrivateKey) []byte {
	return encodePEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey))
}

func privatePEM(key *rsa.PrivateKey) []byte {
	return encodePEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func encodePEM(kind string, content []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
}
