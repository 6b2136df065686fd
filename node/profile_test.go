package node_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/keyfile"
)

// holdEnv makes the test binary another process that uses the profile alice in
// the folder that it names.
const holdEnv = "ONIONWIRE_TEST_HOLD_PROFILE"

// holdProfile opens a profile, says so, and waits for the end of its input.
func holdProfile(root string) int {
	p, err := node.OpenProfile(root, "alice")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer p.Close()
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

func createProfile(t testing.TB, root, name string) *node.Profile {
	t.Helper()
	p, err := node.CreateProfile(root, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func profileAddress(t testing.TB, p *node.Profile) node.Address {
	t.Helper()
	a, err := p.Address()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestProfileKeepsItsAddress(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "not", "there", "yet")
	p := createProfile(t, root, "alice")
	want := profileAddress(t, p)
	if p.Name() != "alice" || want.Port != node.Port || want.Onion.IsZero() {
		t.Errorf("profile %q has port %d", p.Name(), want.Port)
	}
	read, err := node.ReadProfile(root, "alice") // while it is open
	if err != nil {
		t.Fatal(err)
	}
	if profileAddress(t, read) != want {
		t.Error("another address when it is only read")
	}
	if err := errors.Join(read.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		p, err := node.OpenProfile(root, "alice")
		if err != nil {
			t.Fatal(err)
		}
		if profileAddress(t, p) != want {
			t.Error("another address when it is opened again")
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProfilesShareNothing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	alice, bob := createProfile(t, root, "alice"), createProfile(t, root, "bob")
	a, b := profileAddress(t, alice), profileAddress(t, bob)
	if a.Onion == b.Onion || a.Peer == b.Peer {
		t.Error("two profiles have a key in common")
	}
	if alice.TorDir() == bob.TorDir() {
		t.Error("two profiles have Tor's folder in common")
	}
}

// TestOnionKeyIsNotTheIdentityKey: Tor holds the one and only we hold the other.
func TestOnionKeyIsNotTheIdentityKey(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	a := profileAddress(t, createProfile(t, root, "alice"))
	pub, err := a.Peer.ExtractPublicKey()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := pub.Raw()
	if err != nil {
		t.Fatal(err)
	}
	if a.Onion.PublicKey().Equal(ed25519.PublicKey(identity)) {
		t.Error("the onion key is the identity key")
	}
}

func TestProfileNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, name := range []string{
		"", ".", "..", "a/b", "../a", `a\b`, "-a", ".a", "a b", " a", "a\n", "a\x00", "ä", "a.b", "~", "$HOME",
		strings.Repeat("a", 65), "con", "NUL", "Com1", "lpt9", "aux", "prn",
	} {
		for what, call := range map[string]func(string, string) (*node.Profile, error){
			"create": node.CreateProfile, "open": node.OpenProfile, "read": node.ReadProfile,
		} {
			if p, err := call(root, name); !errors.Is(err, node.ErrProfileName) {
				t.Errorf("%s %q: %v, %v", what, name, p, err)
			}
		}
	}
	for _, name := range []string{"a", "A_b-1", "_", "0", strings.Repeat("a", 64), "console", "com10"} {
		createProfile(t, root, name)
	}
}

func TestProfilePrintsNoKeys(t *testing.T) {
	t.Parallel()
	p := createProfile(t, t.TempDir(), "alice")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, p); got != "profile alice" {
			t.Errorf("%s prints %d bytes", verb, len(got))
		}
	}
}

func TestProfileMissing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, call := range []func(string, string) (*node.Profile, error){node.OpenProfile, node.ReadProfile} {
		if _, err := call(root, "alice"); !errors.Is(err, node.ErrNoProfile) {
			t.Errorf("error %v", err)
		}
	}
	wantEntries(t, root)
}

// wantEntries fails the test unless a folder holds what is named and no more.
func wantEntries(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestProfileExists(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	want := profileAddress(t, createProfile(t, root, "alice"))
	if _, err := node.CreateProfile(root, "alice"); !errors.Is(err, node.ErrProfileExists) {
		t.Errorf("error %v", err)
	}
	wantEntries(t, root, "alice")
	p, err := node.ReadProfile(root, "alice")
	if err != nil {
		t.Fatal(err)
	}
	if profileAddress(t, p) != want {
		t.Error("the keys were replaced")
	}
}

// TestProfileCreatedOnce lets several programs create the same profile at once.
func TestProfileCreatedOnce(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	var tasks sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		tasks.Go(func() {
			var p *node.Profile
			if p, errs[i] = node.CreateProfile(root, "alice"); errs[i] == nil {
				t.Cleanup(func() { p.Close() })
			}
		})
	}
	tasks.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if !errors.Is(err, node.ErrProfileExists) {
			t.Errorf("error %v", err)
		}
	}
	if made != 1 {
		t.Errorf("created %d times", made)
	}
	wantEntries(t, root, "alice")
}

// TestFailedCreationLeavesNothing has a file where a folder has to be made.
func TestFailedCreationLeavesNothing(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "alice"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := node.CreateProfile(root, "alice"); !errors.Is(err, node.ErrProfileExists) {
		t.Errorf("error %v", err)
	}
	if _, err := node.CreateProfile(filepath.Join(root, "alice"), "bob"); err == nil {
		t.Error("a profile was created in a file")
	}
	wantEntries(t, root, "alice")
}

func TestProfileInUse(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	p := createProfile(t, root, "alice")
	if _, err := node.OpenProfile(root, "alice"); !errors.Is(err, node.ErrProfileInUse) {
		t.Errorf("error %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdEnv+"="+root)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(out, b); err != nil || string(b) != "open\n" {
		t.Errorf("the other process says %q, %v", b, err)
	}
	_, err = node.OpenProfile(root, "alice")
	if want := fmt.Sprintf("by process %d", other.Process.Pid); !errors.Is(err, node.ErrProfileInUse) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want one with %q", err, want)
	}
	in.Close()
	if err := other.Wait(); err != nil {
		t.Error(err)
	}
	if p, err = node.OpenProfile(root, "alice"); err != nil {
		t.Fatal(err)
	}
	p.Close()
}

func TestProfileFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	p := createProfile(t, root, "alice")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "alice")
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
	wantEntries(t, dir, "identity.key", "lock", "onion.key")
	for _, name := range []string{"identity.key", "onion.key"} {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := node.OpenProfile(root, "alice"); !errors.Is(err, keyfile.ErrPermissions) {
			t.Errorf("%s readable by others: %v", name, err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, key[:len(key)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := node.OpenProfile(root, "alice"); !errors.Is(err, keyfile.ErrMalformed) {
			t.Errorf("%s damaged: %v", name, err)
		}
		// A key that is gone is not replaced by another.
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := node.OpenProfile(root, "alice"); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, node.ErrNoProfile) {
			t.Errorf("%s missing: %v", name, err)
		}
		if err := os.WriteFile(path, key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	q, err := node.OpenProfile(root, "alice")
	if err != nil {
		t.Fatal(err)
	}
	q.Close()
}
