package engine_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestOfferedOnce: an offer that has come before is none, whatever became of the file.
func TestOfferedOnce(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	offer := wire.FileOffer{ID: wire.FileID{7}, Key: [32]byte{1}, Name: "x", Size: 1}
	r.must(r.say(offer))
	count := func(what string) {
		t.Helper()
		if files, _ := alice.disk.Files(); len(files) != 1 {
			t.Errorf("%s: %d files", what, len(files))
		}
	}
	r.must(r.say(offer))
	count("open")
	alice.must(alice.engine.DeclineFile(alice.now(), 1))
	alice.flush()
	r.must(r.say(offer))
	count("declined")
	alice.restart()
	r.connect()
	r.must(r.say(offer))
	count("after a restart")
	alice.must(alice.engine.DeleteContact(alice.now(), 1, true))
	alice.flush()
	r.connect()
	r.stream, r.base, r.next = 2, 0, 0
	r.must(r.say(r.request()))
	alice.must(alice.engine.AcceptContact(alice.now(), 1))
	alice.flush()
	r.must(r.say(offer))
	count("of somebody who was deleted")
}

// TestEndedFilesAreBounded: who offers and withdraws for ever does not fill the disk, and
// what has arrived is listed the longest.
func TestEndedFilesAreBounded(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	r.must(r.say(wire.FileOffer{ID: wire.FileID{7}, Key: [32]byte{1}, Name: "x", Size: 1}))
	alice.must(alice.engine.AcceptFile(alice.now(), 1, "/y", "/z"))
	alice.must(alice.engine.FileArrived(alice.now(), 1, "/y"))
	alice.flush()
	for k := range 20 {
		var all []wire.Body
		for i := range 100 {
			id := wire.FileID{9, byte(k), byte(i)}
			all = append(all, wire.FileOffer{ID: id, Key: [32]byte{1}, Name: "x", Size: 1}, wire.FileAnswer{ID: id, Answer: wire.FileWithdrawn})
		}
		r.must(r.say(all...))
	}
	for range 2 {
		files, err := alice.disk.Files()
		alice.must(err)
		if len(files) != engine.MaxEnded || files[0].Number != 1 || files[0].State != ledger.Arrived {
			t.Errorf("%d files, the first is %+v", len(files), files[0])
		}
		alice.restart()
	}
}
