package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"lukechampine.com/adiantum"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// The first bytes of a database and of its write-ahead log, as SQLite's file format
// has them (sqlite.org/fileformat2.html, sections 1.3 and 4.1).
const (
	headerMagic   = "SQLite format 3\x00"
	headerPages   = 28         // where the size in pages stands
	walMagic      = 0x377f0682 // or one more, by byte order
	walVersion    = 3007000
	walFrameExtra = 24 // bytes of a frame beside its page
)

// probe looks at the files of a database without SQLite, which would delete the log
// if it had the wrong key. It fails with fs.ErrNotExist, ErrKey or ErrDamaged, and
// reports whether there is a log, which a crash leaves.
//
// While pages go from the log to the database, a power cut may tear the first page;
// then the log is whole, because its beginning is written anew only when all of it
// is safe in the database. One of the two tells whether the key is right.
func probe(path string, key *redact.Secret) (log bool, err error) {
	first, size, err := firstBlock(path, key)
	if err != nil {
		return false, err
	}
	walFirst, walSize, err := firstBlock(path+"-wal", key)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if size < blockSize { // which it never is: see Create. SQLite would drop the log
		return false, fmt.Errorf("%w: it has %d bytes", ErrDamaged, size)
	}
	log = walSize > 0
	if !isDatabase(first) {
		if isLog(walFirst) {
			return log, nil
		}
		return false, ErrKey
	}
	// What is not in the database must be in the log.
	missing := int64(binary.BigEndian.Uint32(first[headerPages:])) - size/blockSize
	if missing > walSize/(blockSize+walFrameExtra) {
		return false, fmt.Errorf("%w: %d pages are missing", ErrDamaged, missing)
	}
	return log, nil
}

// firstBlock returns the beginning of a file, decrypted, or nil if the file is
// shorter than a block, and its size.
func firstBlock(path string, key *redact.Secret) (block []byte, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("open database: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("open database: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%w: it is not a file", ErrDamaged)
	}
	block = make([]byte, blockSize)
	if _, err := io.ReadFull(f, block); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, info.Size(), nil
	} else if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrDisk, err)
	}
	// The tweak of a block is where it is in its file.
	return adiantum.New(key.Bytes()).Decrypt(block, make([]byte, 8)), info.Size(), nil
}

func isDatabase(b []byte) bool {
	return len(b) == blockSize && string(b[:len(headerMagic)]) == headerMagic
}

func isLog(b []byte) bool {
	return len(b) == blockSize &&
		binary.BigEndian.Uint32(b)&^1 == walMagic &&
		binary.BigEndian.Uint32(b[4:]) == walVersion &&
		binary.BigEndian.Uint32(b[8:]) == blockSize
}
