package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// archiveSuffix is what the name of an archive ends with.
func archiveSuffix(t target) string {
	if t.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// archive packs files below a folder.
func (j job) archive(t target, folder string, files []file) ([]byte, error) {
	var inside []file
	for _, f := range files {
		inside = append(inside, file{folder + "/" + f.name, f.mode, f.content})
	}
	if t.os == "windows" {
		return zipped(inside, j.release.time)
	}
	return tarred(inside, j.release.time)
}

// tarred returns a compressed tar with its folders, all of root's, sorted by name and of
// one time.
func tarred(files []file, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	header := tar.Header{ModTime: when.UTC().Truncate(time.Second), Uname: "root", Gname: "root", Format: tar.FormatGNU}
	made := make(map[string]bool)
	for _, f := range sorted(files) {
		for _, dir := range folders(f.name) {
			if made[dir] {
				continue
			}
			made[dir] = true
			h := header
			h.Name, h.Typeflag, h.Mode = dir+"/", tar.TypeDir, 0o755
			if err := w.WriteHeader(&h); err != nil {
				return nil, err
			}
		}
		h := header
		h.Name, h.Typeflag, h.Mode, h.Size = f.name, tar.TypeReg, int64(f.mode), int64(len(f.content))
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// folders returns the folders that a file is in, the outermost first.
func folders(name string) (dirs []string) {
	for i, c := range name {
		if c == '/' {
			dirs = append(dirs, name[:i])
		}
	}
	return dirs
}

// zipped returns a zip, sorted by name and of one time.
func zipped(files []file, when time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range sorted(files) {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: when.UTC()}
		h.SetMode(f.mode)
		out, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sorted(files []file) []file {
	return slices.SortedFunc(slices.Values(files), func(a, b file) int { return strings.Compare(a.name, b.name) })
}

// sumsFile is the name of the list of checksums.
const sumsFile = "SHA256SUMS"

// writeSums lists all files that were made with their checksums, as sha256sum does.
func (j job) writeSums() error {
	entries, err := os.ReadDir(j.out) // sorted by name
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(j.out, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(content), e.Name())
	}
	return j.publish(sumsFile, []byte(b.String()))
}
