package node_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// TestNothingIsInTheClear runs two nodes, each with a tor of its own, through all that
// profiles keep, and looks for that in their files, those of tor among them: while they
// run, when they have ended, and in what a crash leaves.
func TestNothingIsInTheClear(t *testing.T) {
	t.Parallel()
	torrc := childTorrc + "=" + privateNetwork(t).Torrc()
	alice, bob := startRemote(t, torrc), startRemote(t, torrc)
	s := make(secrets)
	for who, r := range map[string]*remote{"alice": alice, "bob": bob} {
		name := "Called " + who + " the " + who
		s["name of "+who] = []byte(name)
		r.call(t, "set_settings", map[string]any{"name": name}, nil)
	}
	ofAlice, _ := befriendRemotes(t, alice, bob)
	alice.sendAll(t, ofAlice, 3, func() int { return 3 })
	eventually(t, "the messages", func() bool { return bob.received() == 3 })
	s["text"] = []byte(numbered(1))
	s.sendFile(t, alice, bob)
	s.addHidden(t, alice)
	s.name(t, alice, bob)
	alice.call(t, "change_address", nil, nil)
	s.name(t, alice, bob)
	s.look(t, "while they run", alice, bob)
	bob.kill(t)
	s.look(t, "after a crash", bob)
	alice.leave(t)
	s.own(t, alice)
	s.own(t, bob)
	s.look(t, "when they have ended", alice, bob)
}

// secrets are what no file may have, by what they are.
type secrets map[string][]byte

// sendFile has a file sent.
func (s secrets) sendFile(t *testing.T, from, to *remote) {
	t.Helper()
	body := []byte("what is in the file, from its beginning to its end")
	path, folder := filepath.Join(t.TempDir(), "secret-plan.txt"), t.TempDir()
	s["name of the file"], s["file"] = []byte(filepath.Base(path)), body
	s["path of the file"], s["folder of the file"] = []byte(path), []byte(folder)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	from.call(t, "send_file", map[string]any{"conversation": 1, "path": path}, nil)
	var files []node.File
	last := func(state string) func() bool {
		return func() bool {
			to.call(t, "files", nil, &files)
			return len(files) == 1 && string(files[0].State) == state
		}
	}
	eventually(t, "the offer", last("offered"))
	to.call(t, "accept_file", map[string]any{"file": files[0].Number, "folder": folder}, nil)
	eventually(t, "the file", last("arrived"))
	for _, folder := range []string{folder, filepath.Dir(path)} {
		if found, _ := s.in(folder); len(found) != 2 { // its name and what is in it
			t.Errorf("where it is clear is found: %s", strings.Join(found, "; "))
		}
	}
}

// addHidden adds a contact whose onion service nobody finds without a key. There is none,
// but tor is given the key to look for it.
func (s secrets) addHidden(t *testing.T, r *remote) {
	t.Helper()
	p, err := profile.Create(testContext(t), t.TempDir(), "somebody", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	link := p.Link()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	key, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(key.Secret())
	if err != nil {
		t.Fatal(err)
	}
	link.ClientKey = [32]byte(raw)
	s["client key"] = raw
	s.link("somebody", link)
	var contact node.Contact
	r.call(t, "add_contact", map[string]any{"link": link.String(), "alias": "Hidden Person"}, &contact)
	s["alias"] = []byte("Hidden Person")
	eventually(t, "a dial", func() bool {
		var p node.Presence
		r.call(t, "presence", map[string]any{"contact": contact.ID}, &p)
		return p.Trouble != ""
	})
}

// link adds what names somebody.
func (s secrets) link(who string, l contactlink.Link) {
	s["peer ID of "+who], s["peer ID of "+who+" as text"] = []byte(l.Peer), []byte(l.Peer.String())
	s["address of "+who+" "+l.Onion.Short()] = []byte(l.Onion.ServiceID())
	s["onion key of "+who+" "+l.Onion.Short()] = l.Onion.PublicKey()
}

// name adds what names those to whom profiles belong by now.
func (s secrets) name(t *testing.T, all ...*remote) {
	t.Helper()
	for _, r := range all {
		card, err := profile.Read(r.root, "someone", nil)
		if err != nil {
			t.Fatal(err)
		}
		s.link(filepath.Base(r.root), card.Link())
	}
}

// own adds the secret keys of a profile that nobody has open.
func (s secrets) own(t *testing.T, r *remote) {
	t.Helper()
	p, err := profile.Open(testContext(t), r.root, "someone", nil)
	if err != nil {
		t.Fatal(err)
	}
	s["identity key of "+r.root] = p.IdentityKey().Seed()
	for i, k := range p.OnionKeys() {
		s[fmt.Sprint("secret onion key ", i, " of ", r.root)] = k.Seed()
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// look looks through all files of profiles, and whether others can reach them.
func (s secrets) look(t *testing.T, when string, all ...*remote) {
	t.Helper()
	for _, r := range all {
		folder := filepath.Join(r.root, "someone")
		found, files := s.in(folder)
		if len(found) > 0 || files < 10 {
			t.Errorf("%s, there is in %d files: %s", when, files, strings.Join(found, "; "))
		}
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // gone
			}
			if d.Type() == fs.ModeSocket { // tor's are for everybody who can enter their folder
				return nil
			}
			if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s, %s has mode %v", when, path, info.Mode())
			}
			return nil
		})
	}
}

// in returns what there is of the secrets in a folder, in whichever way it is written,
// and how many files were looked through. Some are gone before they are.
func (s secrets) in(folder string) (found []string, files int) {
	forms := make(map[string]string)
	for what, secret := range s {
		// The last character of base32 and base64 depends on what follows.
		b32 := strings.TrimRight(base32.StdEncoding.EncodeToString(secret), "=")
		b64 := base64.RawStdEncoding.EncodeToString(secret)
		for _, form := range []string{
			string(secret), hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
			b32[:len(b32)-1], strings.ToLower(b32[:len(b32)-1]), b64[:len(b64)-1],
		} {
			forms[form] = what
		}
	}
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // gone
		}
		text := path[len(folder):]
		if d.Type().IsRegular() {
			if content, err := os.ReadFile(path); err == nil {
				text += string(content)
				files++
			}
		}
		for form, what := range forms {
			if strings.Contains(text, form) {
				found = append(found, what+" in "+path)
			}
		}
		return nil
	})
	return found, files
}
