package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/transfer"
)

// From disk to disk, over five disconnections and as many restarts of the receiver.
func TestFromDiskToDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := content(20<<20 + 4321)
		dir := t.TempDir()
		path := filepath.Join(dir, "sent")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		draft, err := download.Begin(dir, uint64(len(file)), 0)
		if err != nil {
			t.Fatal(err)
		}
		arrived := make(map[uint64]int)
		rounds := 0
		for all := chunks(t, len(file)); draft.Chunks() < all; rounds++ {
			fetchOnce(t, path, draft, len(file), arrived)
			if err := draft.Sync(); err != nil {
				t.Fatal(err)
			}
			draft.Close()
			if draft, err = download.Resume(draft.Path(), uint64(len(file)), draft.Synced()); err != nil {
				t.Fatal(err)
			}
		}
		if rounds != 6 {
			t.Errorf("it took %d connections, want 6", rounds)
		}
		for index, times := range arrived {
			if times > 1 {
				t.Errorf("chunk %d has arrived %d times", index, times)
			}
		}
		if err := draft.Verify(t.Context(), sha256.Sum256(file), nil); err != nil {
			t.Fatal(err)
		}
		got, err := draft.Finish("../sent")
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(got); err != nil || !bytes.Equal(b, file) || filepath.Base(got) != "sent (2)" {
			t.Errorf("%s has %d bytes, %v", filepath.Base(got), len(b), err)
		}
		if err := draft.Abort(); err != nil {
			t.Error(err)
		}
	})
}

// fetchOnce fetches 60 chunks, and is cut off then. It counts those that arrive.
func fetchOnce(t *testing.T, path string, draft *download.Draft, size int, arrived map[uint64]int) {
	t.Helper()
	source, err := download.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	receiver, sender := newPath(0.8*(1<<20), 142*time.Millisecond).stream()
	served := make(chan error, 1)
	cipher := newCipher(t, size)
	go func() {
		served <- transfer.Serve(t.Context(), sender, func(filecrypt.ID) (transfer.Offer, error) {
			return transfer.Offer{Source: source, Cipher: cipher}, nil
		})
	}()
	until := draft.Chunks() + 60
	_ = transfer.Fetch(t.Context(), receiver, transfer.FetchConfig{
		ID: fileID, Cipher: newCipher(t, size), From: draft.Chunks(),
		Write: func(index uint64, data []byte) error {
			arrived[index]++
			if err := draft.WriteChunk(index, data); err != nil {
				return err
			}
			if draft.Chunks() == until {
				_ = sender.Reset()
			}
			return nil
		},
	})
	<-served
}
