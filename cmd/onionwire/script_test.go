package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestScript runs the scripts in testdata/script. Besides what clitest knows, they have
// a fake Tor, with its control port in the environment as CONTROL, a torrc with which a
// real one does not get onto any network as OFFLINE, and the commands
//
//	serve PROFILE ARGUMENT...     run a node on the fake Tor, until the script ends
//	stop-node PROFILE             ask it to end
//	kill-node PROFILE             end it without asking
//	friends PROFILE PROFILE       make two profiles, run both, and make contacts of them
//	eventually PATTERN onionwire ARGUMENT...
//	                              run a program until what it prints matches
func TestScript(t *testing.T) {
	clitest.Script(t, clitest.Extra{Setup: setUpNodes, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"serve":      serveCommand,
		"stop-node":  func(ts *testscript.TestScript, _ bool, args []string) { nodesOf(ts).end(ts, args, syscall.SIGTERM) },
		"kill-node":  func(ts *testscript.TestScript, _ bool, args []string) { nodesOf(ts).end(ts, args, syscall.SIGKILL) },
		"friends":    friendsCommand,
		"eventually": eventuallyCommand,
	}})
}

// nodes are those that a script runs.
type nodes struct {
	mu  sync.Mutex
	all map[string]*scriptNode
}

// scriptNode is one of them, with what it writes on standard error.
type scriptNode struct {
	*exec.Cmd
	err bytes.Buffer // until Wait, the process's
}

type nodesKey struct{}

func nodesOf(ts *testscript.TestScript) *nodes { return ts.Value(nodesKey{}).(*nodes) }

func setUpNodes(env *testscript.Env) error {
	fake, err := tortest.StartFake()
	if err != nil {
		return err
	}
	n := &nodes{all: make(map[string]*scriptNode)}
	env.Values[nodesKey{}] = n
	env.Defer(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		for name, node := range n.all {
			_ = node.Process.Kill()
			_ = node.Wait()
			if bytes.Contains(node.err.Bytes(), []byte("DATA RACE")) {
				env.T().Log(node.err.String())
				env.T().Fatal("the node of " + name + " has a data race")
			}
		}
		fake.Close()
	})
	offline := env.WorkDir + "/.offline.torrc"
	env.Setenv("OFFLINE", offline)
	env.Setenv("CONTROL", fake.ControlAddr())
	return os.WriteFile(offline, []byte("DisableNetwork 1\n"), 0o600)
}

func serveCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: serve PROFILE ARGUMENT...")
	}
	nodesOf(ts).serve(ts, args[0], args[1:]...)
}

func (n *nodes) serve(ts *testscript.TestScript, name string, more ...string) {
	args := append([]string{"serve", "--profile", name, "--tor-control", ts.Getenv("CONTROL")}, more...)
	cmd := &scriptNode{Cmd: exec.Command("onionwire", args...)}
	path, err := lookPath(ts, "onionwire")
	ts.Check(err)
	cmd.Path, cmd.Err = path, nil
	cmd.Dir = ts.MkAbs(".")
	for _, v := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "PATH", "GORACE", "TMPDIR", "TESTSCRIPT_COMMAND"} {
		if value := ts.Getenv(v); value != "" {
			cmd.Env = append(cmd.Env, v+"="+value)
		}
	}
	cmd.Stderr = &cmd.err
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	n.mu.Lock()
	n.all[name] = cmd
	n.mu.Unlock()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "ready") {
		ts.Fatalf("serve says %q, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// lookPath finds a program in the PATH of the script.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if path, err := exec.LookPath(dir + "/" + name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no " + name + " in PATH")
}

func (n *nodes) end(ts *testscript.TestScript, args []string, signal os.Signal) {
	if len(args) != 1 {
		ts.Fatalf("name one profile")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	cmd := n.all[args[0]]
	if cmd == nil {
		ts.Fatalf("no node runs on %s", args[0])
	}
	delete(n.all, args[0])
	ts.Check(cmd.Process.Signal(signal))
	if err := cmd.Wait(); err != nil && signal != syscall.SIGKILL {
		ts.Fatalf("the node has ended with %v:\n%s", err, cmd.err.String())
	}
}

func friendsCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: friends PROFILE PROFILE")
	}
	link := ""
	for _, name := range args {
		ts.Check(ts.Exec("onionwire", "init", "--no-passphrase", "--profile", name, "--name", strings.ToUpper(name[:1])+name[1:]))
		link = ts.ReadFile("stdout")
		nodesOf(ts).serve(ts, name)
	}
	link, _, _ = strings.Cut(link, "\n")
	ts.Check(ts.Exec("onionwire", "call", "ready", "--profile", args[1]))
	ts.Check(ts.Exec("onionwire", "add", link, "--profile", args[0]))
	eventuallyCommand(ts, false, []string{"#1", "onionwire", "requests", "--profile", args[1]})
	ts.Check(ts.Exec("onionwire", "accept", "#1", "--profile", args[1]))
	for _, name := range args {
		eventuallyCommand(ts, false, []string{"online", "onionwire", "contacts", "--profile", name})
	}
}

func eventuallyCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: eventually PATTERN PROGRAM ARGUMENT...")
	}
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for deadline := time.Now().Add(clitest.Soon); ; time.Sleep(50 * time.Millisecond) {
		err := ts.Exec(args[1], args[2:]...)
		if err == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("it does not print %q: %v", args[0], err)
		}
	}
}
