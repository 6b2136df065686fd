package vault_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/vault"
)

func TestRefusedPassphrases(t *testing.T) {
	sealed, _ := created(t, protect(t, "right"))
	bare, _ := created(t, vault.WithoutPassphrase())
	for name, tt := range map[string]struct {
		path, passphrase string
		want             error
	}{
		"wrong":       {sealed, "wrong", vault.ErrPassphrase},
		"longer":      {sealed, "right ", vault.ErrPassphrase},
		"endless":     {sealed, strings.Repeat("p", vault.MaxPassphrase+1), vault.ErrPassphrase},
		"none":        {sealed, "", vault.ErrPassphraseNeeded},
		"superfluous": {bare, "right", vault.ErrUnprotected},
	} {
		t.Run(name, func(t *testing.T) {
			before := content(t, tt.path)
			if _, err := vault.Open(tt.path, []byte(tt.passphrase)); !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
			if !bytes.Equal(content(t, tt.path), before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestProtectionsThatCannotBe(t *testing.T) {
	for name, tt := range map[string]struct {
		passphrase string
		cost       vault.Cost
	}{
		"no passphrase":      {"", cheap},
		"endless passphrase": {strings.Repeat("p", vault.MaxPassphrase+1), cheap},
		"no cost":            {"p", vault.Cost{}},
		"no threads":         {"p", vault.Cost{Time: 1, Memory: 64}},
		"too much memory":    {"p", vault.Cost{Time: 1, Memory: 1<<20 + 1, Threads: 1}},
		"too much work":      {"p", vault.Cost{Time: 17, Memory: 1 << 20, Threads: 1}},
	} {
		if _, err := vault.WithPassphrase([]byte(tt.passphrase), tt.cost); err == nil {
			t.Errorf("%s: it is accepted", name)
		}
	}
	if _, err := vault.WithPassphrase([]byte("p"), vault.DefaultCost); err != nil {
		t.Errorf("the default cost is refused: %v", err)
	}
}

// Every changed bit is noticed, before a passphrase is tried: people are not asked
// for a passphrase over and over when it is the disk that is wrong.
func TestEveryChangedBitIsNoticed(t *testing.T) {
	path, _ := created(t, protect(t, "right"))
	file := content(t, path)
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			_, err := vault.Unseal(file, []byte("right"))
			want := vault.ErrDamaged
			if i == vault.AtVersion && file[i] > 1 {
				want = vault.ErrNewer
			}
			if !errors.Is(err, want) {
				t.Fatalf("with bit %d of byte %d changed the error is %v, want %v", bit, i, err, want)
			}
			file[i] ^= 1 << bit
		}
	}
}

// The same with a checksum that fits: what nobody without the passphrase can do is
// to make a file that opens.
func TestEveryForgedByteIsNoticed(t *testing.T) {
	for name, tt := range map[string]struct {
		protection vault.Protection
		passphrase []byte
	}{
		"sealed": {protect(t, "right"), []byte("right")},
		"open":   {vault.WithoutPassphrase(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := created(t, tt.protection)
			file := content(t, path)
			for i := range vault.AtChecksum {
				if i >= vault.AtTime && i < vault.AtThreads {
					continue // below: half of the values cost gigabytes
				}
				file[i] ^= 1
				if _, err := vault.Unseal(vault.Repaired(file), tt.passphrase); err == nil {
					t.Errorf("byte %d can be changed", i)
				}
				file[i] ^= 1
			}
		})
	}
}

func TestAHostileCostIsNotPaid(t *testing.T) {
	path, _ := created(t, protect(t, "right"))
	for name, change := range map[string]func(b []byte){
		"four billion passes": func(b []byte) { binary.BigEndian.PutUint32(b[vault.AtTime:], math.MaxUint32) },
		"no passes":           func(b []byte) { binary.BigEndian.PutUint32(b[vault.AtTime:], 0) },
		"four TiB":            func(b []byte) { binary.BigEndian.PutUint32(b[vault.AtMemory:], math.MaxUint32) },
		"too much together": func(b []byte) {
			binary.BigEndian.PutUint32(b[vault.AtTime:], 1<<12)
			binary.BigEndian.PutUint32(b[vault.AtMemory:], 1<<13)
		},
		"too little memory": func(b []byte) { binary.BigEndian.PutUint32(b[vault.AtMemory:], 7) },
		"no threads":        func(b []byte) { b[vault.AtThreads] = 0 },
		"too many threads":  func(b []byte) { b[vault.AtThreads] = 255 },
		"unknown kind":      func(b []byte) { b[vault.AtKind] = 3 },
		"no kind":           func(b []byte) { b[vault.AtKind] = 0 },
		"open with a cost":  func(b []byte) { b[vault.AtKind] = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			file := content(t, path)
			change(file)
			passphrase := []byte("right")
			if file[vault.AtKind] == 1 {
				passphrase = nil
			}
			if _, err := vault.Unseal(vault.Repaired(file), passphrase); !errors.Is(err, vault.ErrDamaged) {
				t.Errorf("error is %v, want ErrDamaged", err)
			}
		})
	}
}

// A thief who replaces the file by a bare one of his own does not get his keys
// used by somebody who types a passphrase.
func TestADowngradeIsNoticed(t *testing.T) {
	path, _ := created(t, protect(t, "right"))
	thief, _ := created(t, vault.WithoutPassphrase())
	if err := os.Rename(thief, path); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(path, []byte("right")); !errors.Is(err, vault.ErrUnprotected) {
		t.Errorf("error is %v, want ErrUnprotected", err)
	}
}

func TestOtherContent(t *testing.T) {
	path, _ := created(t, protect(t, "right"))
	file := content(t, path)
	newer := bytes.Clone(file[:vault.AtKind])
	newer[vault.AtVersion] = 2
	for name, tt := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":          {nil, vault.ErrDamaged},
		"cut":              {file[:len(file)-1], vault.ErrDamaged},
		"longer":           {append(bytes.Clone(file), 0), vault.ErrDamaged},
		"text":             {[]byte(strings.Repeat("x", vault.FileSize)), vault.ErrDamaged},
		"a newer, shorter": {newer, vault.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			other := private(t)
			if err := os.WriteFile(other, tt.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := vault.Open(other, []byte("right")); !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
			if _, err := vault.Protected(other); !errors.Is(err, tt.want) {
				t.Errorf("asked whether it is protected, the error is %v, want %v", err, tt.want)
			}
			if !bytes.Equal(content(t, other), tt.content) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	path := private(t)
	if _, err := vault.Open(path, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file the error is %v", err)
	}
	if err := vault.Change(path, nil, vault.WithoutPassphrase()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a change without a file gives %v", err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(path, nil); !errors.Is(err, vault.ErrDamaged) {
		t.Errorf("with a folder in its place the error is %v", err)
	}
	nowhere := filepath.Join(path, "none", "keys")
	if err := vault.Create(nowhere, vault.NewKeys(), vault.WithoutPassphrase()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder the error is %v", err)
	}
}
