package onion_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// torTimeout bounds what tor does in a moment, with its network disabled.
const torTimeout = time.Minute

// Tor writes the address of a service into the service's folder when it starts.
// It must be the address of the key that was put there.
func TestTorReadsExpandedKeys(t *testing.T) {
	keys := torKeys(t)
	folder := torFolder(t)
	var torrc strings.Builder
	for i, k := range keys {
		service := filepath.Join(folder, fmt.Sprint("service", i))
		if err := os.Mkdir(service, 0o700); err != nil {
			t.Fatal(err)
		}
		// rend-spec, "Hidden service directory format": a tag of 32 bytes, then
		// the key.
		expanded := k.Expanded()
		file := append([]byte("== ed25519v1-secret: type0 ==\x00\x00\x00"), expanded[:]...)
		if err := os.WriteFile(filepath.Join(service, "hs_ed25519_secret_key"), file, 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&torrc, "HiddenServiceDir %s\nHiddenServicePort 80 127.0.0.1:80\n", service)
	}
	daemon := startTor(t, folder, torrc.String())

	for i, k := range keys {
		path := filepath.Join(folder, fmt.Sprint("service", i), "hostname")
		var line string
		daemon.waitFor(t, "hostname file", func() bool {
			data, err := os.ReadFile(path)
			line = string(data)
			return err == nil && strings.HasSuffix(line, "\n")
		})
		if got := strings.TrimSpace(line); got != k.Address().String() {
			t.Errorf("tor says %s, we say %s", got, k.Address())
		}
	}
}

// ADD_ONION answers with the address of the key that it was given.
func TestTorTakesControlStrings(t *testing.T) {
	folder := torFolder(t)
	socket := filepath.Join(folder, "control")
	daemon := startTor(t, folder, "ControlPort unix:"+socket+"\n")
	daemon.waitFor(t, "control socket", func() bool {
		_, err := os.Lstat(socket)
		return err == nil
	})

	command := daemon.control(t, socket)
	for _, k := range torKeys(t) {
		answer := command("ADD_ONION " + k.ControlString() + " Port=80,127.0.0.1:80")
		if want := "250-ServiceID=" + k.Address().ServiceID(); answer[0] != want {
			t.Errorf("tor answered %q, want %q first", answer, want)
		}
	}
}

// Tor reads a client's file, and tells its key in the form of the control
// protocol.
func TestTorReadsClientCredentials(t *testing.T) {
	folder := torFolder(t)
	socket, keys := filepath.Join(folder, "control"), filepath.Join(folder, "keys")
	if err := os.Mkdir(keys, 0o700); err != nil {
		t.Fatal(err)
	}
	a := mustParse(t, published[0])
	k, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(keys, "service.auth_private"), []byte(k.Credential(a)), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon := startTor(t, folder, "ClientOnionAuthDir "+keys+"\nControlPort unix:"+socket+"\n")
	daemon.waitFor(t, "control socket", func() bool {
		_, err := os.Lstat(socket)
		return err == nil
	})
	command := daemon.control(t, socket)
	want := "250-CLIENT " + a.ServiceID() + " " + k.ControlString()
	if answer := command("ONION_CLIENT_AUTH_VIEW"); !strings.HasPrefix(strings.Join(answer, "\n"), "250-ONION_CLIENT_AUTH_VIEW\n"+want) {
		t.Error("tor has read another key or none")
	}
	command("ONION_CLIENT_AUTH_ADD " + mustParse(t, published[1]).ServiceID() + " " + k.ControlString())
	answer := command("ADD_ONION " + torKeys(t)[0].ControlString() + " Flags=V3Auth ClientAuthV3=" + k.Public().String() + " Port=80,127.0.0.1:80")
	if !strings.Contains(strings.Join(answer, "\n"), "\n250-ClientAuthV3="+k.Public().String()) {
		t.Errorf("tor answered %q", answer)
	}
}

// torKeys returns the published keys and some new ones.
func torKeys(t *testing.T) []onion.Key {
	t.Helper()
	var keys []onion.Key
	for _, tt := range publishedKeys {
		keys = append(keys, mustKey(t, tt.seed))
	}
	for range 4 {
		k, err := onion.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k)
	}
	return keys
}

// torFolder returns a private folder with a path short enough for a socket.
func torFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "onion")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// torDaemon is a tor process that is not allowed to use the network.
type torDaemon struct {
	exited chan struct{} // closed when the process is gone
	output bytes.Buffer  // complete once exited is closed
}

// startTor starts tor with everything in folder, and ends it with the test.
func startTor(t *testing.T, folder, torrc string) *torDaemon {
	t.Helper()
	binary, err := exec.LookPath("tor")
	if err != nil {
		t.Fatal("tor is not on PATH: run `make tools`")
	}
	path, defaults := filepath.Join(folder, "torrc"), filepath.Join(folder, "defaults")
	// It watches the test process too, in case that crashes.
	torrc += fmt.Sprintf("DisableNetwork 1\nSocksPort 0\nDataDirectory %s\n__OwningControllerProcess %d\n",
		filepath.Join(folder, "data"), os.Getpid())
	for name, content := range map[string]string{path: torrc, defaults: ""} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "-f", path, "--defaults-torrc", defaults)
	d := &torDaemon{exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &d.output, &d.output
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() {
		defer close(d.exited)
		_ = cmd.Wait() // killed, or its output says why
	}()
	t.Cleanup(func() {
		cancel()
		<-d.exited
		if t.Failed() {
			t.Logf("tor printed:\n%s", &d.output)
		}
	})
	return d
}

// control opens a control connection for commands that must succeed.
func (d *torDaemon) control(t *testing.T, socket string) (command func(string) []string) {
	t.Helper()
	conn, err := (&net.Dialer{Timeout: torTimeout}).DialContext(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(torTimeout)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	command = func(line string) (answer []string) {
		if _, err := fmt.Fprintf(conn, "%s\r\n", line); err != nil {
			t.Fatal(err)
		}
		for {
			s, err := answers.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			answer = append(answer, strings.TrimSpace(s))
			if strings.HasPrefix(s, "250 ") {
				return answer
			}
			if !strings.HasPrefix(s, "250-") {
				t.Fatalf("tor answered %q", s)
			}
		}
	}
	command("AUTHENTICATE")
	return command
}

// waitFor waits until done returns true, which tor is to bring about.
func (d *torDaemon) waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	timeout := time.After(torTimeout)
	for !done() {
		select {
		case <-d.exited:
			t.Fatal("tor exited")
		case <-timeout:
			t.Fatalf("tor made no %s in %v", what, torTimeout)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
