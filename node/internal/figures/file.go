package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node"
)

const (
	fileSize   = 20 << 20
	fileRounds = 5
	fileLimit  = 0.93
)

// measureFile measures a file from its acceptance until it is whole and compared, and
// as many bytes on a raw stream.
func measureFile(ctx context.Context, b *bed) ([]report.Figure, error) {
	path := b.folder("file")
	if err := writeFile(path); err != nil {
		return nil, err
	}
	var ours, bare []time.Duration
	for range fileRounds {
		took, err := b.sendFile(ctx, path)
		if err != nil {
			return nil, err
		}
		raw, err := dialRaw(ctx, b.alice.daemon, b.sink)
		if err != nil {
			return nil, err
		}
		if _, err := push(raw, 1); err != nil {
			return nil, err
		}
		pushed, err := push(raw, fileSize)
		raw.Close()
		if err != nil {
			return nil, err
		}
		ours, bare = append(ours, took), append(bare, pushed)
	}
	rate := func(d time.Duration) float64 { return float64(fileSize) / (1 << 20) / d.Seconds() }
	o, r := rate(slices.Min(ours)), rate(slices.Min(bare))
	return []report.Figure{{
		Measure: "file of 20 MiB, from acceptance to its comparison", Base: fmt.Sprintf("%.2f MiB/s raw stream", r),
		Ours: fmt.Sprintf("%.2f MiB/s", o), Value: o / r, Limit: fileLimit, AtLeast: true,
	}}, nil
}

func writeFile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, rand.Reader, fileSize)
	return err
}

// sendFile measures one file from Alice to Bob.
func (b *bed) sendFile(ctx context.Context, path string) (time.Duration, error) {
	folder := b.folder("downloads")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return 0, err
	}
	if _, err := b.alice.node.SendFile(ctx, b.ofAlice, path); err != nil {
		return 0, err
	}
	offer, err := b.bob.await(ctx, func(e node.Event) bool { return e.Kind == "file_offered" })
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := b.bob.node.AcceptFile(ctx, offer.File, folder); err != nil {
		return 0, err
	}
	done, err := b.bob.await(ctx, func(e node.Event) bool {
		return e.Kind == "file_changed" && e.File == offer.File && e.FileState != "moving"
	})
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if done.FileState != "arrived" {
		f, _ := b.bob.node.File(ctx, offer.File)
		return 0, fmt.Errorf("the file is %s: %s", done.FileState, f.Why)
	}
	f, err := b.bob.node.File(ctx, offer.File)
	if err != nil {
		return 0, err
	}
	return took, os.Remove(filepath.Clean(f.Path))
}
