package keyfile_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

// The example key of RFC 8410 section 10.3, as `openssl pkey` writes it, and the
// seed in it.
const (
	rfc8410Key = "-----BEGIN PRIVATE KEY-----\n" +
		"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n" +
		"-----END PRIVATE KEY-----\n"
	rfc8410Seed = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"
)

// The same key in the second form of that section, with an attribute and the
// public key.
const rfc8410KeyWithPublic = "-----BEGIN PRIVATE KEY-----\n" +
	"MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n" +
	"oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n" +
	"Z9w7lshQhqowtrbLDFw4rXAxZuE=\n" +
	"-----END PRIVATE KEY-----\n"

// write puts content into a new file of mode 0600 and returns its path.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pkcs8 returns a key of any type in the form of a key file.
func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

func TestLoadReadsWhatOpenSSLWrites(t *testing.T) {
	for name, content := range map[string]string{
		"as written":       rfc8410Key,
		"no final newline": strings.TrimSuffix(rfc8410Key, "\n"),
		"blank line":       rfc8410Key + "\n",
		"CRLF":             strings.ReplaceAll(rfc8410Key, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			key, err := keyfile.Load(write(t, content))
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(key.Seed()); got != rfc8410Seed {
				t.Errorf("seed is %s, want %s", got, rfc8410Seed)
			}
		})
	}
}

func TestLoadRefusesMalformedFiles(t *testing.T) {
	ecdsaKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x25519Key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(rfc8410Key))
	label := func(l string) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: l, Bytes: block.Bytes}))
	}
	body := func(der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}

	for name, tt := range map[string]struct {
		content string
		message string
	}{
		"empty":             {"", "no PEM block"},
		"not PEM":           {"correct horse battery staple\n", "no PEM block"},
		"cut off":           {rfc8410Key[:80], "no PEM block"},
		"DER":               {string(block.Bytes), "no PEM block"},
		"encrypted":         {label("ENCRYPTED PRIVATE KEY"), `"ENCRYPTED PRIVATE KEY"`},
		"OpenSSH":           {label("OPENSSH PRIVATE KEY"), `"OPENSSH PRIVATE KEY"`},
		"public key":        {label("PUBLIC KEY"), `"PUBLIC KEY"`},
		"ECDSA":             {pkcs8(t, ecdsaKey), "*ecdsa.PrivateKey, want Ed25519"},
		"X25519":            {pkcs8(t, x25519Key), "*ecdh.PrivateKey, want Ed25519"},
		"short seed":        {body([]byte("\x30\x2d\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x21\x04\x1f" + strings.Repeat("s", 31))), "x509"},
		"cut off DER":       {body(block.Bytes[:40]), "asn1"},
		"bytes after DER":   {body(append(bytes.Clone(block.Bytes), 0)), "data beside the key"},
		"with public key":   {rfc8410KeyWithPublic, "data beside the key"},
		"text after":        {rfc8410Key + "garbage", "data beside the key"},
		"space after":       {rfc8410Key + " ", "data beside the key"},
		"text before":       {"garbage\n" + rfc8410Key, "data beside the key"},
		"two keys":          {rfc8410Key + rfc8410Key, "data beside the key"},
		"broken key before": {"-----BEGIN PRIVATE KEY-----\n!\n" + rfc8410Key, "data beside the key"},
		"PEM headers":       {strings.Replace(rfc8410Key, "-----\nMC4", "-----\nComment: mine\n\nMC4", 1), "data beside the key"},
		"oversize":          {rfc8410Key + strings.Repeat("\n", 16<<10), "larger than 16384 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := keyfile.Load(write(t, tt.content))
			if !errors.Is(err, keyfile.ErrMalformed) {
				t.Fatalf("error is %v, want ErrMalformed", err)
			}
			if key != nil {
				t.Error("a key came back with the error")
			}
			if !strings.Contains(err.Error(), tt.message) {
				t.Errorf("error is %q, want %q in it", err, tt.message)
			}
			if strings.Contains(err.Error(), "correct horse") || strings.Contains(err.Error(), "INTuctv5") {
				t.Errorf("error quotes the content: %q", err)
			}
		})
	}
}

func TestLoadAcceptsAFileOfTheBoundarySize(t *testing.T) {
	padded := rfc8410Key + strings.Repeat("\n", 16<<10-len(rfc8410Key))
	if _, err := keyfile.Load(write(t, padded)); err != nil {
		t.Error(err)
	}
}

func TestLoadReportsAMissingFile(t *testing.T) {
	_, err := keyfile.Load(filepath.Join(t.TempDir(), "none"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want fs.ErrNotExist", err)
	}
}

func TestLoadRefusesAFolder(t *testing.T) {
	_, err := keyfile.Load(t.TempDir())
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, keyfile.ErrMalformed) {
		t.Errorf("error is %v, want one that says it is no regular file", err)
	}
}

func TestDecodeAcceptsWhatEncodeReturns(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := keyfile.Encode(key)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != pkcs8(t, key) {
		t.Error("not the PKCS #8 form of the standard library")
	}
	back, err := keyfile.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !back.Equal(key) {
		t.Error("another key came back")
	}
}
