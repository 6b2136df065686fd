package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

// maxScreen bounds what is read, in bytes.
const maxScreen = 1 << 20

func main() {
	title := flag.String("title", "", "what stands above the screen")
	flag.Parse()
	if err := draw(os.Stdin, os.Stdout, *title); err != nil {
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
