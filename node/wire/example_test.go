package wire_test

import (
	"fmt"
	"log"

	"github.com/onionwire/onionwire/node/wire"
)

// As many items as fit go into one content.
func Example() {
	const stream = 0x0123456789abcdef // random, and the same for all items to a contact
	content := wire.Content{Stream: stream}
	room := wire.MaxContent - wire.ContentOverhead
	for i, text := range []string{"hello", "are you there?"} {
		item, err := wire.EncodeItem(wire.Item{Body: wire.Text{ID: wire.MessageID{byte(i)}, Text: text}})
		if err != nil {
			log.Fatal(err)
		}
		if room -= wire.ItemSize(len(item)); room < 0 || len(content.Items) == wire.MaxItems {
			break // the next content will have it
		}
		content.Items = append(content.Items, item)
	}
	cell, err := content.Encode() // to be sealed
	if err != nil {
		log.Fatal(err)
	}

	opened, err := wire.DecodeContent(cell)
	if err != nil {
		log.Fatal(err)
	}
	for i, raw := range opened.Items {
		item, err := wire.DecodeItem(raw)
		if err != nil {
			log.Fatal(err)
		}
		if text, ok := item.Body.(wire.Text); ok {
			fmt.Println(opened.First+uint64(i), text.Text)
		}
	}
	// Output:
	// 0 hello
	// 1 are you there?
}
