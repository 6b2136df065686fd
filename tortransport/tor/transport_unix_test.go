//go:build unix

package tor_test

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestTransportProgramDies has tor start the program again, and find its bridge by
// itself; the reason for the interruption is told meanwhile.
func TestTransportProgramDies(t *testing.T) {
	obfs4, err := tortest.LookupObfs4()
	if err != nil {
		t.Fatal(err)
	}
	b, err := privateNetwork(t).StartBridge(testContext(t), tortest.BridgeConfig{Transport: "obfs4"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Kill)
	pid := filepath.Join(t.TempDir(), "pid")
	d := start(t, tor.Config{
		Torrc:   privateNetwork(t).Torrc(),
		Bridges: []string{b.Line},
		PluggableTransports: []tor.PluggableTransport{
			{Names: []string{"obfs4"}, Path: script(t, `echo $$ >"$1"; exec "$2"`), Args: []string{pid, obfs4}},
		},
	})
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	if err := killProcess(readPID(t, pid)); err != nil {
		t.Fatal(err)
	}
	t.Log(awaitWarning(t, d))
	service, _ := pair(t)
	key := newKey(t)
	if err := publish(t, service, key).Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	ctx := within(t, manyDials)
	for {
		c, err := dialOnce(ctx, d, key.Address())
		if err == nil {
			ping(t, c)
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	warned := true
	for st := range d.Status(ctx) {
		if warned = st.Progress.Warning != ""; !warned {
			break
		}
	}
	if warned {
		t.Error("the warning stays")
	}
	d.Close()
	awaitEnd(t, readPID(t, pid))
}

// awaitEnd waits until a process that is no child of ours has ended: that is, too,
// if nobody has asked how.
func awaitEnd(t testing.TB, pid int) {
	t.Helper()
	for ctx := testContext(t); ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		state, _ := exec.CommandContext(ctx, "ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output() // fails if there is none
		if s := strings.TrimSpace(string(state)); s == "" || s[0] == 'Z' {
			return
		}
	}
	t.Errorf("process %d still exists", pid)
}
