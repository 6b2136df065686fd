package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// demoFile is how large the file is that is sent, in bytes: it takes some seconds.
const demoFile = 8 << 20

// file sends a file from Alice to Bob, whose program is killed in the middle of it
// while both write, and verifies that everything arrives as it is.
func (d *demo) file(ctx context.Context) error {
	d.say("Alice sends a file of 8 MiB. Bob says where it goes.")
	began := time.Now()
	content := make([]byte, demoFile)
	rand.Read(content) // never fails
	offer, err := d.offer(ctx, content)
	if err != nil {
		return err
	}
	half, err := d.follow(ctx, demoFile/2)
	if err != nil {
		return err
	}
	if err := d.kill(ctx, half); err != nil {
		return err
	}
	if _, err := d.follow(ctx, demoFile); err != nil {
		return err
	}
	for _, p := range []*person{d.alice, d.bob} {
		for !p.moved {
			if _, err := p.await(ctx, "the file", kind(rpc.FileChanged)); err != nil {
				return err
			}
		}
	}
	f, err := d.bob.node.File(ctx, offer.File)
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
	d.took("The file is there, and is what was sent", began)
	return nil
}

// offer has Alice offer a file, and Bob accept it.
func (d *demo) offer(ctx context.Context, content []byte) (offer rpc.Event, err error) {
	path, folder := filepath.Join(d.dir, "photo.jpg"), filepath.Join(d.dir, "downloads")
	if err := errors.Join(os.WriteFile(path, content, 0o600), os.Mkdir(folder, 0o700)); err != nil {
		return offer, err
	}
	if _, err := d.alice.node.SendFile(ctx, d.alice.contact.Conversation, path); err != nil {
		return offer, err
	}
	if offer, err = d.bob.await(ctx, "an offer", kind(rpc.FileOffered)); err != nil {
		return offer, err
	}
	return offer, d.bob.node.AcceptFile(ctx, offer.File, folder)
}

// follow tells how far the file has come, quarter by quarter, until Bob has so much of
// it, and returns how much that is, in bytes.
func (d *demo) follow(ctx context.Context, until int64) (done int64, err error) {
	const quarter = demoFile / 4
	passed := until - demoFile/2
	for done < until && !d.bob.moved {
		e, err := d.bob.await(ctx, "more of the file", moves)
		if err != nil {
			return 0, err
		}
		if e.Progress == nil {
			continue
		}
		done = e.Progress.Done
		if now := done - done%quarter; now > passed {
			passed = now
			d.say("  %d%%, %.1f MiB a second", 100*done/demoFile, float64(e.Progress.Rate)/(1<<20))
		}
	}
	return done, nil
}

// moves fits an event that tells of a file.
func moves(e rpc.Event) bool { return e.Kind == rpc.FileProgress || e.Kind == rpc.FileChanged }

// kill kills Bob's program while both write and he has so much of a file, and starts it
// again.
func (d *demo) kill(ctx context.Context, half int64) error {
	d.say("In the middle of it both write, and Bob's program is killed. It can neither save nor say anything.")
	fromBob, err := d.write(ctx, d.bob, "Half of it is here.")
	if err != nil {
		return err
	}
	if err := d.bob.kill(); err != nil {
		return err
	}
	fromAlice, err := d.write(ctx, d.alice, "What is in the other half?")
	if err != nil {
		return err
	}

	began := time.Now()
	if err := d.come(ctx, d.bob); err != nil {
		return err
	}
	if err := d.crosses(ctx, fromAlice, fromBob); err != nil {
		return err
	}
	d.took("Bob has started it again: both messages have arrived, once", began)
	for d.bob.resumed == 0 {
		if _, err := d.bob.await(ctx, "more of the file", moves); err != nil {
			return err
		}
	}
	if d.bob.resumed < half {
		return fmt.Errorf("of the file, %d bytes were there, and it goes on at %d", half, d.bob.resumed)
	}
	d.say("  The file goes on where it was.")
	return nil
}

// crosses verifies that two messages arrive that were written at the same time.
func (d *demo) crosses(ctx context.Context, fromAlice, fromBob rpc.Message) error {
	for _, side := range []struct {
		p         *person
		sent, got rpc.Message
	}{{d.alice, fromAlice, fromBob}, {d.bob, fromBob, fromAlice}} {
		var received ledger.MessageNumber
		_, err := side.p.await(ctx, "a message and a confirmation", reaches(side.sent.Number), func(e rpc.Event) bool {
			if e.Kind == rpc.MessageReceived {
				received = e.Message
			}
			return e.Kind == rpc.MessageReceived
		})
		if err != nil {
			return err
		}
		if err := side.p.has(ctx, received, side.got); err != nil {
			return err
		}
	}
	return nil
}
