// Package keyfile keeps one Ed25519 private key in one file, in the form that
// `openssl genpkey -algorithm ed25519` writes: PKCS #8 (RFC 8410) in PEM.
//
// Most programs need one function. [LoadOrCreate] reads the key at a path, and
// makes one there on the first run. [Load] and [Create] are its two halves, for
// programs that keep the two apart: a server that must not invent a new
// identity when a disk was not mounted calls [Load] only.
//
// # Secrecy
//
// A key file is created with mode 0600, and a file that other users could read
// or write is refused with [ErrPermissions]: whoever could read it may have the
// key already. On platforms without Unix permission bits the check does not
// apply, and the access rules of the folder are what protects the file. The key
// is not encrypted. No error of this package contains key material.
//
// # Durability
//
// A key is written to a temporary file, flushed to the disk and then given its
// name in one step that fails if the name is taken. So a key file is never
// overwritten, and never seen half written, whoever else calls this package on
// the same path at the same time, in this process or another.
//
// # Compatibility
//
// A file has exactly one valid content for a key, apart from the line endings
// (LF or CRLF) and newlines at the end. Text around the key, PEM headers, PKCS #8
// attributes and several keys in one file are refused: what this package would
// ignore, another program might take for the key.
//
// All functions may be called concurrently.
package keyfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var (
	// ErrPermissions means that users other than the owner may access the file.
	// The message names the command that repairs it.
	ErrPermissions = errors.New("key file is accessible to other users")

	// ErrMalformed means that the content is not one Ed25519 private key.
	ErrMalformed = errors.New("malformed key file")
)

// maxSize bounds what is read of a file, in bytes. A key takes 119; the rest is
// room to recognise a file of another kind (an RSA key, say) for the message.
const maxSize = 16 << 10

// pemType is the label of an unencrypted PKCS #8 key, RFC 7468 section 10.
const pemType = "PRIVATE KEY"

// Load reads the key in the file at path. A symbolic link is followed, and it is
// the file that was opened whose permissions count.
//
// The error matches [fs.ErrNotExist] if there is no file, [ErrPermissions] if
// other users may access it and [ErrMalformed] if it does not hold a key.
func Load(path string) (ed25519.PrivateKey, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, fmt.Errorf("load key file: %w", err)
	}
	defer f.Close()

	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("load key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("load key file: %s is not a regular file", path)
	}
	if err := checkPermissions(path, info.Mode()); err != nil {
		return nil, err
	}

	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("load key file: %w", err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%w: %s: larger than %d bytes", ErrMalformed, path, maxSize)
	}
	key, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, path, err)
	}
	return key, nil
}

// LoadOrCreate returns the key in the file at path, after creating a new random
// one if there is no file. The folder must exist. Processes that race for the
// first run all return the same key, that of the one that came first.
//
// Errors are those of [Load] and [Create]; a file that is there and unusable is
// an error, never replaced.
func LoadOrCreate(path string) (ed25519.PrivateKey, error) {
	key, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}

	_, key, err = ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("create key file: %w", err)
	}
	err = Create(path, key)
	if errors.Is(err, fs.ErrExist) {
		return Load(path)
	}
	if err != nil {
		return nil, err
	}
	return key, nil
}

// decode parses the content of a key file. It does not say which file, and
// returns no sentinel error: Load adds both.
func decode(data []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	if block.Type != pemType {
		return nil, fmt.Errorf("PEM block is %.32q, want %q", block.Type, pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("key is a %T, want Ed25519", parsed)
	}

	// Both decoders are lenient: the one skips text around the block and whole
	// blocks that it cannot read, the other ignores optional fields and bytes
	// after the structure. Encoding again is one check for all of that.
	canonical, err := encode(key)
	if err != nil {
		return nil, err
	}
	got := bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if !bytes.Equal(bytes.TrimRight(got, "\n"), bytes.TrimRight(canonical, "\n")) {
		return nil, errors.New("data beside the key, or an unusual encoding of it")
	}
	return key, nil
}

// encode returns the one content that decode accepts for key, with LF line ends.
func encode(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}
