// Command room is a chat room over onion services, see dropin.Room.
//
//	room                       open a room; the address to join it is printed
//	room /onion3/…:4001/p2p/…  come into the room of who printed that
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/onionwire/onionwire/tortransport/dropin"
	"github.com/onionwire/onionwire/tortransport/tor"
)

func main() {
	torrc := flag.String("torrc", "", "a `file` with lines for tor's configuration, such as those of a private network")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *torrc, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "room:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, torrc, member string) error {
	var lines []byte
	if torrc != "" {
		var err error
		if lines, err = os.ReadFile(torrc); err != nil {
			return err
		}
	}
	return dropin.Room{
		Tor:    tor.Config{Torrc: string(lines)},
		Member: member,
		In:     os.Stdin,
		Out:    os.Stdout,
	}.Run(ctx)
}
