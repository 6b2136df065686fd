package download

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// Source is a file that is sent. Its methods are safe for concurrent use, and fail
// with fs.ErrClosed after Close.
type Source struct {
	file   *os.File
	info   os.FileInfo // as it was when it was opened
	layout filecrypt.Layout
}

// Open opens a regular file to be sent. It may be in a folder that is reached by
// symbolic links, but is none itself: that may lead to another file by the time it is
// sent. Open fails with ErrNotRegular, ErrTooLarge, ErrChanged if it is replaced in
// this moment, or the system's error.
func Open(path string) (*Source, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	// Not after it was opened: opening does something to some devices.
	if !before.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	// If it has become a pipe by now, opening does not wait for its other end.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	s, err := newSource(f)
	if err == nil && !os.SameFile(before, s.info) {
		err = ErrChanged // somebody has put a link there in between
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

func newSource(f *os.File) (*Source, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	layout, err := filecrypt.NewLayout(uint64(info.Size()))
	if err != nil {
		return nil, err
	}
	return &Source{file: f, info: info, layout: layout}, nil
}

// Name returns the last part of the file's path, the way it was opened.
func (s *Source) Name() string { return s.info.Name() }

// Modified returns when the file had last been changed as it was opened.
func (s *Source) Modified() time.Time { return s.info.ModTime() }

// Layout returns the file's size, and how it is cut into chunks.
func (s *Source) Layout() filecrypt.Layout { return s.layout }

// Hash returns the SHA-256 of the file. progress, unless it is nil, is told from time
// to time how many bytes are read. Hash fails with ErrChanged, the cause of the
// context, or the system's error.
func (s *Source) Hash(ctx context.Context, progress func(done uint64)) ([32]byte, error) {
	sum, err := hash(ctx, io.NewSectionReader(s.file, 0, s.info.Size()), progress)
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return [32]byte{}, err
	}
	return sum, nil
}

// ReadChunk appends the file's part in the chunk at index to dst, which needs room
// for filecrypt.ChunkSize bytes to save an allocation. It fails with ErrChanged, or
// the system's error.
func (s *Source) ReadChunk(dst []byte, index uint64) ([]byte, error) {
	chunk, err := s.layout.Chunk(index)
	if err != nil {
		return nil, err
	}
	end := len(dst) + chunk.Data
	if cap(dst) < end {
		dst = append(make([]byte, 0, end), dst...)
	}
	data := dst[:end]
	if chunk.Data > 0 {
		_, err = s.file.ReadAt(data[len(dst):], chunk.Offset)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, ErrChanged // it is shorter
	case err != nil:
		return nil, err
	}
	// Afterwards, so that nothing that was changed before it was read gets through.
	if err := s.check(); err != nil {
		return nil, err
	}
	return data, nil
}

// check compares what the system says of the file with what it said first. Changes
// that leave size and time as they were are found by the receiver, by the hash.
func (s *Source) check() error {
	now, err := s.file.Stat()
	if err != nil {
		return err
	}
	if now.Size() != s.info.Size() || !now.ModTime().Equal(s.info.ModTime()) {
		return ErrChanged
	}
	return nil
}

// Close lets go of the file.
func (s *Source) Close() error { return s.file.Close() }
