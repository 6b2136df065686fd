package preset_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// insideVariable is set in the environment of a test that runs in a network
// namespace of its own.
const insideVariable = "ONIONWIRE_TEST_NAMESPACE"

// insideLimit bounds what runs in a namespace, in Go's words for a duration.
const insideLimit = "4m"

const noNamespace = `this test needs a network namespace of its own, and may not make one: %v
run it as root, or allow user namespaces
(sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)`

// isInside reports whether this process has a namespace of its own.
func isInside() bool { return os.Getenv(insideVariable) != "" }

// runInside runs the test that calls it once more, in a process with a network
// and a host name of its own. What it says is what the test says.
func runInside(t *testing.T, env ...string) {
	t.Helper()
	cmd, err := startInside(t, syscall.CLONE_NEWNET|syscall.CLONE_NEWUTS, env)
	if errors.Is(err, os.ErrPermission) {
		cmd, err = startInside(t, syscall.CLONE_NEWNET|syscall.CLONE_NEWUTS|syscall.CLONE_NEWUSER, env)
	}
	if err != nil {
		t.Fatalf(noNamespace, err)
	}
	err = cmd.Wait()
	t.Logf("in the namespace:\n%s", cmd.Stdout)
	if err != nil {
		t.Fatal(err)
	}
}

func startInside(t *testing.T, flags uintptr, env []string) (*exec.Cmd, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), self,
		"-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v", "-test.count=1", "-test.timeout="+insideLimit)
	// Go's own resolver asks by packets, which can be seen; that of the C library
	// may ask a daemon by a unix socket.
	cmd.Env = append(append(os.Environ(), insideVariable+"=1", "GODEBUG=netdns=go"), env...)
	out := new(strings.Builder)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
	if flags&syscall.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd, cmd.Start()
}

// machineName is the host name in a namespace.
const machineName = "machine-of-alice"

// lanAddrs are the addresses of the machine in a namespace, besides those of
// loopback: of a home network, and two that the whole world could route.
var lanAddrs = []string{"192.168.77.9/24", "10.33.44.55/16", "198.51.100.23/24", "fd12:3456:789a::9/64", "2001:db8:77::9/64"}

// newMachine makes a namespace a machine in a network: with a name, loopback, and
// an interface that has addresses and is the way to everywhere. Nobody answers.
func newMachine(t *testing.T) {
	t.Helper()
	if err := syscall.Sethostname([]byte(machineName)); err != nil {
		t.Fatal(err)
	}
	n := openNetlink(t)
	n.up("lo")
	n.addInterface("lan0")
	for _, addr := range lanAddrs {
		ip, subnet, err := net.ParseCIDR(addr)
		if err != nil {
			t.Fatal(err)
		}
		n.addAddr("lan0", ip, subnet)
	}
	n.addDefaultRoutes("lan0")
}
