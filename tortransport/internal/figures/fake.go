package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// attachFake starts a fake Tor in a process of its own, so that what it uses is not
// counted, and attaches to it.
func attachFake(ctx context.Context) (_ *tor.Daemon, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(program, "-fake")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	end := func() {
		stdin.Close() // tells it to end
		_ = cmd.Wait()
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, nil, fmt.Errorf("the fake Tor did not start: %w", err)
	}
	addr, err := tor.ParseAddr(strings.TrimSpace(line))
	if err != nil {
		return nil, nil, err
	}
	d, err := tor.Attach(ctx, tor.AttachConfig{Control: addr})
	if err != nil {
		return nil, nil, err
	}
	return d, func() { d.Close(); end() }, nil
}

// serveFake is the fake Tor of attachFake, until in ends.
func serveFake(in io.Reader, out io.Writer) error {
	f, err := tortest.StartFake()
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Fprintln(out, f.ControlAddr())
	_, err = io.Copy(io.Discard, in)
	return err
}
