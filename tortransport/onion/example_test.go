package onion_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	ma "github.com/multiformats/go-multiaddr"
	"github.com/onionwire/onionwire/tortransport/onion"
)

func ExampleParse() {
	a, err := onion.Parse("PG6MMJIYJMCRSSLVYKFWNNTLARU7P5SVN6Y2YMMJU6NUBXNDF4PSCRYD")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a)
	fmt.Println(a.Short())

	_, err = onion.Parse("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryz.onion")
	fmt.Println(err)
	_, err = onion.Parse("qg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion")
	fmt.Println(errors.Is(err, onion.ErrChecksum), err)
	// Output:
	// pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion
	// pg6m…cryd.onion
	// unsupported onion address version: "pg6m…cryz": version 25, want 3
	// true wrong checksum in onion address: "qg6m…cryd": mistyped or damaged
}

func ExampleAddress_Multiaddr() {
	a, err := onion.Parse("sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd.onion")
	if err != nil {
		log.Fatal(err)
	}
	m, err := a.Multiaddr(4001)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m)
	// Output: /onion3/sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd:4001
}

func ExampleFromMultiaddr() {
	m, err := ma.NewMultiaddr("/onion3/xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd:4001" +
		"/p2p/12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2")
	if err != nil {
		log.Fatal(err)
	}
	a, port, err := onion.FromMultiaddr(m)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a, port)
	// Output: xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd.onion 4001
}

func ExampleLoadOrCreateKey() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "onion.pem")

	first, err := onion.LoadOrCreateKey(path) // makes the key
	if err != nil {
		log.Fatal(err)
	}
	second, err := onion.LoadOrCreateKey(path) // finds it
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("same address:", first.Address() == second.Address())
	// Output: same address: true
}

func ExampleKey() {
	seed, err := hex.DecodeString("33a7e5c16e0308a3e6a0e7f4a621b3caad9ed1acdb3f78369b1377c5e6050278")
	if err != nil {
		log.Fatal(err)
	}
	k, err := onion.KeyFromSeed(seed)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k)
	fmt.Println(k.Address())
	// Output:
	// onion.Key(redacted)
	// pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion
}

func ExampleClientKey() {
	// The client makes a key, keeps it, and sends the public half to the service.
	key, err := onion.ParseClientKey("O4DW2CTTDCSX2PAWYFZFDMTGIXPUYL4H5PAJSKVRO752KHNZFQVA")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	fmt.Println(key.Public())

	// The service takes it.
	client, err := onion.ParseClientPublicKey("QUQPACMJGCTVI5ELPXOLIPXXLIG36OQNEY4BV5HLUSUY5KU3JZVA")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client == key.Public(), client.Short())
	// Output:
	// onion.ClientKey(redacted)
	// QUQPACMJGCTVI5ELPXOLIPXXLIG36OQNEY4BV5HLUSUY5KU3JZVA
	// true QUQP…JZVA
}
