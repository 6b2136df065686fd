package clitest

import (
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"testing"
)

// KeyForms returns how the Ed25519 key in a file could look in a log.
func KeyForms(t *testing.T, path string) []string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	if block == nil || len(block.Bytes) < ed25519.SeedSize {
		t.Fatalf("%s is not a key file", path)
	}
	// PKCS #8 ends with the seed.
	seed := block.Bytes[len(block.Bytes)-ed25519.SeedSize:]
	line, _, _ := strings.Cut(string(content[strings.IndexByte(string(content), '\n')+1:]), "\n")
	return append(SeedForms(seed), line)
}

// SeedForms returns how the Ed25519 key of a seed could look in a log. What tor gets
// is the expanded key.
func SeedForms(seed []byte) []string {
	expanded := sha512.Sum512(seed)
	return append(Forms(seed), Forms(expanded[32:])...)
}

// Forms returns how a secret could look in a log.
func Forms(secret []byte) []string {
	h := hex.EncodeToString(secret)
	return []string{
		string(secret),
		h, strings.ToUpper(h),
		// Without the end, which depends on what follows.
		base64.RawStdEncoding.EncodeToString(secret)[:len(secret)],
		base32.StdEncoding.EncodeToString(secret)[:len(secret)],
		strings.Trim(fmt.Sprint(secret), "[]"),
	}
}
