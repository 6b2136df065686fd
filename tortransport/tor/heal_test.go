//go:build unix

package tor_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// often is how often the daemons of these tests are asked for a sign of life.
const often = time.Second

// TestManagedHeals does to a managed tor what can happen to it, and expects the
// service back at the same address.
func TestManagedHeals(t *testing.T) {
	t.Parallel()
	_, dialer := pair(t)
	send := func(s syscall.Signal) func(*testing.T, *tor.Daemon) {
		return func(t *testing.T, d *tor.Daemon) {
			t.Helper()
			if err := syscall.Kill(d.Child(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, harm := range map[string]func(*testing.T, *tor.Daemon){
		"killed":             send(syscall.SIGKILL),
		"told to end":        send(syscall.SIGTERM),
		"stopped":            send(syscall.SIGSTOP),
		"connection is lost": func(_ *testing.T, d *tor.Daemon) { d.DropControl() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, tor.Config{Torrc: privateNetwork(t).Torrc()}.WithHeartbeat(often))
			p := newPatient(t, d)
			p.awaitReachable(t, dialer)
			child, socks := d.Child(), d.SOCKS()
			harm(t, d)
			p.awaitReconnect(t, 1)
			p.awaitReachable(t, dialer)
			wantNoProcess(t, child)
			if n := d.Reconnects(); n != 1 || d.Err() != nil {
				t.Errorf("%d reconnects, %v", n, d.Err())
			}
			if d.SOCKS() != socks {
				t.Errorf("the SOCKS port is at %s, was at %s", d.SOCKS(), socks)
			}
			again := d.Child()
			d.Close()
			wantNoProcess(t, again)
		})
	}
}

// TestAttachedHeals does the same to a tor of somebody else.
func TestAttachedHeals(t *testing.T) {
	t.Parallel()
	_, dialer := pair(t)
	for name, harm := range map[string]func(t *testing.T, c *tortest.Client, pid func() int, degraded func()){
		"restarted with a new cookie": func(t *testing.T, c *tortest.Client, _ func() int, _ func()) {
			t.Helper()
			before, err1 := os.ReadFile(c.CookieFile)
			err2 := c.Restart(testContext(t))
			after, err3 := os.ReadFile(c.CookieFile)
			if err := errors.Join(err1, err2, err3); err != nil || string(before) == string(after) {
				t.Fatalf("the cookie is still the same: %v", err)
			}
		},
		"killed, and started later": func(t *testing.T, c *tortest.Client, _ func() int, degraded func()) {
			t.Helper()
			c.Kill()
			degraded()
			time.Sleep(3 * time.Second) // the administrator was asleep
			if err := c.Restart(testContext(t)); err != nil {
				t.Fatal(err)
			}
		},
		"stopped, and woken later": func(t *testing.T, _ *tortest.Client, pid func() int, degraded func()) {
			t.Helper()
			if err := syscall.Kill(pid(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			degraded()
			if err := syscall.Kill(pid(), syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
		},
		"connection is lost": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "pid")
			c := startClient(t, tortest.ClientConfig{Torrc: "PidFile " + file})
			d := attach(t, tor.AttachConfig{Control: parseAddr(t, c.Control)}.WithHeartbeat(often))
			if err := d.WaitReady(testContext(t)); err != nil {
				t.Fatal(err)
			}
			p := newPatient(t, d)
			p.awaitReachable(t, dialer)
			if harm == nil {
				d.DropControl()
			} else {
				harm(t, c, func() int { return readPID(t, file) }, func() { p.awaitDegraded(t, tor.ErrControl) })
			}
			p.awaitReconnect(t, 1)
			p.awaitReachable(t, dialer)
			if d.Reconnects() != 1 || d.Err() != nil {
				t.Errorf("%d reconnects, %v", d.Reconnects(), d.Err())
			}
		})
	}
}

// TestManagedHealsOnLoopback: without unix sockets every tor has other ports.
func TestManagedHealsOnLoopback(t *testing.T) {
	deep := filepath.Join(shortDir(t), strings.Repeat("deep", 30))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", deep)
	t.Setenv("XDG_RUNTIME_DIR", "")
	d := start(t, tor.Config{DataDir: filepath.Join(deep, "data"), Torrc: isolated})
	for n := uint64(1); n <= 2; n++ {
		child, socks := d.Child(), d.SOCKS()
		if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for d.Reconnects() < n {
			time.Sleep(10 * time.Millisecond)
		}
		for st := range d.Status(testContext(t)) {
			if st.State == tor.Connected {
				break
			}
		}
		if now := d.SOCKS(); now.Network != "tcp" || now == socks {
			t.Errorf("the SOCKS port is at %s, was at %s", now, socks)
		}
		c, err := net.Dial("tcp", d.SOCKS().Address)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		wantNoProcess(t, child)
	}
}

// TestCloseInARestart closes the daemon at some moment while it starts tor again.
func TestCloseInARestart(t *testing.T) {
	for after := time.Duration(0); after <= 100*time.Millisecond; after += 10 * time.Millisecond {
		dir := shortDir(t)
		d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
		p := newPatient(t, d)
		if err := syscall.Kill(d.Child(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after)
		d.Close()
		wantErr(t, d.Err(), tor.ErrClosed)
		wantErr(t, p.service.Ready(testContext(t)), tor.ErrClosed)
		wantNoProcess(t, d.Child())
		if accepts(filepath.Join(dir, "sockets", "control")) {
			t.Errorf("a tor is left, %s after the other was killed", after)
		}
	}
}

func TestCloseOfStoppedTor(t *testing.T) {
	d := start(t, tor.Config{Torrc: isolated})
	if err := syscall.Kill(d.Child(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	d.Close()
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("Close took %s", took)
	}
	wantNoProcess(t, d.Child())
}

// TestTorThatDoesNotStayUp: once it has run, tor ends whenever it is started.
func TestTorThatDoesNotStayUp(t *testing.T) {
	t.Parallel()
	binary, err := tor.LookupBinary(testContext(t), "")
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken")
	wrapper := script(t, "test -e "+broken+" && { echo the disk is full; exit 1; }\nexec "+binary.Path+` "$@"`)
	dir := shortDir(t)
	d := start(t, tor.Config{Binary: wrapper, DataDir: dir, Torrc: isolated})
	p := newPatient(t, d)
	if err := os.WriteFile(broken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	child := d.Child()
	if err := syscall.Kill(child, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	st := p.await(t, tor.Gone, tor.ErrGaveUp)
	t.Logf("gave up after %s: %v", time.Since(begin).Round(time.Millisecond), st.Err)
	await(t, d.Done(), "Done")
	for _, err := range []error{st.Err, d.Err(), d.WaitReady(testContext(t))} {
		wantErr(t, err, tor.ErrGaveUp, tor.ErrExited)
		wantText(t, err, "the disk is full")
	}
	if _, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{}}); err == nil {
		t.Error("a daemon that was given up publishes")
	} else {
		wantErr(t, err, tor.ErrGaveUp)
	}
	if err := p.service.Close(); err != nil {
		t.Errorf("Close of the service: %v", err)
	}
	wantNoProcess(t, child)
	if _, err := os.Stat(filepath.Join(dir, "sockets")); !os.IsNotExist(err) {
		t.Errorf("the folder of the sockets is left: %v", err)
	}
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	start(t, tor.Config{Binary: wrapper, DataDir: dir, Torrc: isolated}) // the folder is free
}

// TestNewCookieEachTime restarts a fake tor, which is quicker than a real one, often.
func TestNewCookieEachTime(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	p := newPatient(t, d)
	p.await(t, tor.Reachable, nil)
	for n := range uint64(4) {
		if err := fake.Restart(); err != nil {
			t.Fatal(err)
		}
		p.awaitReconnect(t, n+1)
		for ctx := testContext(t); len(fake.Services()) == 0 && ctx.Err() == nil; {
			time.Sleep(time.Millisecond)
		}
		p.await(t, tor.Reachable, nil)
		if n := len(fake.Services()); n != 1 {
			t.Errorf("%d services", n)
		}
	}
	if d.Reconnects() != 4 {
		t.Errorf("%d reconnects", d.Reconnects())
	}
}

// patient is a service to which something happens.
type patient struct {
	daemon  *tor.Daemon
	service *tor.Service
}

// newPatient publishes a service that echoes.
func newPatient(t *testing.T, d *tor.Daemon) patient {
	t.Helper()
	return patient{d, publish(t, d, newKey(t))}
}

// await waits for a status that stays until the test does something about it: any
// other may be skipped.
func (p patient) await(t *testing.T, phase tor.Phase, reason error) tor.ServiceStatus {
	t.Helper()
	begin, last := time.Now(), tor.ServiceStatus{}
	for st := range p.service.Status(within(t, 2*testTimeout)) {
		if last = st; st.Phase == phase && errors.Is(st.Err, reason) {
			t.Logf("%s after %s: %v", phase, time.Since(begin).Round(time.Millisecond), st.Err)
			return st
		}
	}
	t.Fatalf("the service is not %s for %v, but %+v", phase, reason, last)
	return last
}

// awaitDegraded is for a loss that lasts.
func (p patient) awaitDegraded(t *testing.T, reason error) {
	t.Helper()
	p.await(t, tor.Degraded, reason)
	wantErr(t, p.service.Ready(within(t, 0)), reason)
}

// awaitReconnect waits until tor was lost and found again so often.
func (p patient) awaitReconnect(t *testing.T, n uint64) {
	t.Helper()
	for end := time.Now().Add(2 * testTimeout); p.daemon.Reconnects() < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d reconnects, want %d", p.daemon.Reconnects(), n)
		}
	}
}

// awaitReachable waits until the service says that it is reachable, and is.
func (p patient) awaitReachable(t *testing.T, dialer *tor.Daemon) {
	t.Helper()
	begin := time.Now()
	st := p.await(t, tor.Reachable, nil)
	if st.Uploaded < 2 || st.Uploads < st.Uploaded {
		t.Errorf("reachable: %+v", st)
	}
	ctx, tries := within(t, manyDials), 0
	for {
		tries++
		c, err := dialOnce(ctx, dialer, p.service.Address())
		if err == nil {
			ping(t, c)
			break
		}
		t.Logf("dial %d, after %s: %v", tries, time.Since(begin).Round(time.Millisecond), err)
		if ctx.Err() != nil {
			t.Fatal("no dial reached the service")
		}
		time.Sleep(100 * time.Millisecond) // it may be refused at once
	}
	t.Logf("reached with dial %d after %s", tries, time.Since(begin).Round(time.Millisecond))
}

func readPID(t testing.TB, file string) int {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// wantNoProcess fails the test if a process still exists.
func wantNoProcess(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("process %d still exists", pid)
	}
}
