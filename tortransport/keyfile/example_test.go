package keyfile_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

func ExampleLoadOrCreate() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "identity.pem")

	first, err := keyfile.LoadOrCreate(path) // makes the key
	if err != nil {
		log.Fatal(err)
	}
	second, err := keyfile.LoadOrCreate(path) // finds it
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("same key:", first.Equal(second))
	// Output: same key: true
}
