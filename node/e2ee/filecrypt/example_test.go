package filecrypt_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

// The sender seals a file, the receiver opens its chunks in the order in which
// they happen to come.
func Example() {
	file := bytes.NewReader(bytes.Repeat([]byte("sent over three hops "), 5000))

	// The key, the ID and the size go to the receiver in the conversation.
	key, err := filecrypt.NewKey(nil)
	if err != nil {
		log.Fatal(err)
	}
	id, err := filecrypt.NewID(nil)
	if err != nil {
		log.Fatal(err)
	}
	size := uint64(file.Size())

	sender, err := filecrypt.New(key, id, size, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer sender.Close()
	layout := sender.Layout()
	fmt.Printf("%d bytes, padded to %d, in %d chunks\n", size, layout.Padded(), layout.Chunks())

	seal := func(index uint64) []byte {
		chunk, err := layout.Chunk(index)
		if err != nil {
			log.Fatal(err)
		}
		data := make([]byte, chunk.Data)
		if n, err := file.ReadAt(data, chunk.Offset); n < len(data) {
			log.Fatal(err)
		}
		sealed, err := sender.SealTo(nil, index, data)
		if err != nil {
			log.Fatal(err)
		}
		return sealed
	}

	receiver, err := filecrypt.New(key, id, size, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer receiver.Close()
	for _, index := range []uint64{1, 0} {
		data, err := receiver.OpenTo(nil, index, seal(index))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("chunk %d has %d bytes of the file\n", index, len(data))
	}

	// A chunk opens in its own place only.
	_, err = receiver.OpenTo(nil, 1, seal(0))
	fmt.Println(err)
	fmt.Println("printing a key:", key)

	// Output:
	// 105000 bytes, padded to 106496, in 2 chunks
	// chunk 1 has 39464 bytes of the file
	// chunk 0 has 65536 bytes of the file
	// filecrypt: malformed: chunk has 65576 bytes
	// printing a key: [redacted]
}
