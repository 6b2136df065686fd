package onion_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/keyfile"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// racerPath makes this test binary a process that races for the key file it
// names, instead of running tests.
const racerPath = "ONION_TEST_RACER_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(racerPath); path != "" {
		os.Exit(racer(path))
	}
	os.Exit(m.Run())
}

// racer says when it is ready, waits for the end of its standard input, and then
// prints the address of the key at path.
func racer(path string) int {
	fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		fmt.Println(err)
		return 1
	}
	k, err := onion.LoadOrCreateKey(path)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(k.Address())
	return 0
}

func TestProcessesRacingForAKeyAgree(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rounds, racers = 5, 4
	for range rounds {
		folder := t.TempDir()
		path := filepath.Join(folder, "onion.pem")
		var starts []io.Closer
		var outputs []*bufio.Reader
		for range racers {
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), racerPath+"="+path)
			start, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Wait() }) // after t.Context ended it
			starts = append(starts, start)
			outputs = append(outputs, bufio.NewReader(out))
		}
		for _, out := range outputs {
			if line, err := out.ReadString('\n'); line != "ready\n" {
				t.Fatalf("racer printed %q (%v)", line, err)
			}
		}
		for _, start := range starts {
			if err := start.Close(); err != nil {
				t.Fatal(err)
			}
		}
		results := map[string]int{}
		for _, out := range outputs {
			line, err := out.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			results[strings.TrimSpace(line)]++
		}
		k, err := onion.LoadKey(path)
		if err != nil {
			t.Fatal(err)
		}
		if results[k.Address().String()] != racers {
			t.Fatalf("racers printed %v, the file holds the key of %s", results, k.Address())
		}
		entries, err := os.ReadDir(folder)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d files in the folder, want 1 (%v)", len(entries), err)
		}
	}
}

func TestSaveKeyThenLoadKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onion.pem")
	k := mustKey(t, publishedKeys[0].seed)
	if err := onion.SaveKey(path, k); err != nil {
		t.Fatal(err)
	}
	got, err := onion.LoadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(k) {
		t.Error("another key came back")
	}

	// A second key does not take the place of the first.
	err = onion.SaveKey(path, mustKey(t, publishedKeys[1].seed))
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	if got, err := onion.LoadOrCreateKey(path); err != nil || !got.Equal(k) {
		t.Errorf("the first key is gone (%v)", err)
	}
}

func TestSaveKeyRefusesTheZeroKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onion.pem")
	if err := onion.SaveKey(path, onion.Key{}); err == nil {
		t.Error("no error")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made (%v)", err)
	}
}

func TestKeyFileErrorsCanBeMatched(t *testing.T) {
	folder := t.TempDir()
	if _, err := onion.LoadKey(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: error is %v", err)
	}
	broken := filepath.Join(folder, "broken")
	if err := os.WriteFile(broken, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, load := range map[string]func(string) (onion.Key, error){
		"LoadKey": onion.LoadKey, "LoadOrCreateKey": onion.LoadOrCreateKey,
	} {
		k, err := load(broken)
		if !errors.Is(err, keyfile.ErrMalformed) || !k.IsZero() {
			t.Errorf("%s of a broken file: error is %v", name, err)
		}
	}
}
