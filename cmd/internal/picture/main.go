package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

// maxScreen bounds what is read, in bytes.
const maxScreen = 1 << 20

func main() {
	title := flag.String("title", "", "what stands above the screen")
	folder := flag.String("o", "", "folder for the pictures of the interface")
	program := flag.String("onionwire", "bin/onionwire", "the program whose pictures these are")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *folder != "" {
		err = take(ctx, *program, *folder)
	} else {
		err = draw(os.Stdin, os.Stdout, *title)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "picture: %s\n", err)
		os.Exit(1)
	}
}

// draw makes a picture of what tmux has captured.
func draw(in io.Reader, out io.Writer, title string) error {
	captured, err := io.ReadAll(io.LimitReader(in, maxScreen))
	if err != nil {
		return err
	}
	_, err = out.Write(svg(parse(string(captured)), title))
	return err
}
