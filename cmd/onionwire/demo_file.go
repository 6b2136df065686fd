package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// demoFile is how large the file is that is sent, in bytes.
const demoFile = 1 << 20

// file sends a file from Bob to Alice, and verifies that it arrives as it is.
func (d *demo) file(ctx context.Context) error {
	d.say("Bob sends a file of 1 MiB. Alice says where it goes.")
	began := time.Now()
	content := make([]byte, demoFile)
	rand.Read(content) // never fails
	path := filepath.Join(d.dir, "photo.jpg")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	folder := filepath.Join(d.dir, "downloads")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if _, err := d.bob.node.SendFile(ctx, d.bob.contact.Conversation, path); err != nil {
		return err
	}
	offer, err := d.alice.awaitKind(ctx, "an offer", fileOffered)
	if err != nil {
		return err
	}
	if err := d.alice.node.AcceptFile(ctx, offer.File, folder); err != nil {
		return err
	}
	for _, p := range []*person{d.alice, d.bob} {
		_, err := p.await(ctx, "the file", func(e rpc.Event) bool { return e.Kind == fileChanged && e.FileState == arrived })
		if err != nil {
			return err
		}
	}
	f, err := d.alice.node.File(ctx, offer.File)
	if err != nil {
		return err
	}
	got, err := os.ReadFile(f.Path)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, content) {
		return errors.New("the file has arrived as another one")
	}
	d.took("It is there, and is what was sent", began)
	return nil
}
