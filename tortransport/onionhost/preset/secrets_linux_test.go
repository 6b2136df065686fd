package preset_test

import (
	"bytes"
	"net"
	"os"
	"os/user"
	"runtime"
	"runtime/debug"
	"testing"

	ma "github.com/multiformats/go-multiaddr"
)

// secret is something of this machine, its user or this program that a peer must
// not learn.
type secret struct {
	what string
	raw  []byte
}

// minSecret is the least number of bytes of a secret: less is found in any
// signature by chance.
const minSecret = 4

// secretsOf lists the secrets of the machine that newMachine has made.
func secretsOf(t *testing.T) []secret {
	t.Helper()
	var all []secret
	add := func(what, text string) {
		if len(text) >= minSecret {
			all = append(all, secret{what, []byte(text)})
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range addrs {
		ip := addr.(*net.IPNet).IP
		_, raw := familyOf(ip)
		if ip.Equal(net.IPv6loopback) {
			// Mostly zeros, as in a header of yamux: looked for as in a multiaddr.
			raw = append([]byte{ma.P_IP6}, raw...)
		}
		add("the address "+ip.String(), string(raw))
		add("the text of the address "+ip.String(), ip.String())
	}
	if want := len(lanAddrs) + 2; len(addrs) < want { // and those of loopback
		t.Fatalf("the machine has %d addresses, not %d", len(addrs), want)
	}
	name, err := os.Hostname()
	if err != nil || name != machineName {
		t.Fatalf("the machine is called %q, %v", name, err)
	}
	add("the host name", name)
	if u, err := user.Current(); err == nil {
		add("the user name", u.Username)
		add("the user's name", u.Name)
		add("the user's folder", u.HomeDir)
	}
	for _, variable := range []string{"USER", "LOGNAME", "HOME"} {
		add("$"+variable, os.Getenv(variable))
	}
	add("the version of Go", runtime.Version())
	add("the operating system", runtime.GOOS)
	add("the processor", runtime.GOARCH)
	build, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test does not know how it was built")
	}
	add("the module", build.Main.Path)
	for _, m := range build.Deps {
		add("a module", m.Path)
		add("a version of a module", m.Version)
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			add("the revision", s.Value)
		}
	}
	return all
}

// findSecrets returns what is given away by what a peer was told.
func findSecrets(told []byte, secrets []secret) (found []string) {
	for _, s := range secrets {
		if bytes.Contains(told, s.raw) {
			found = append(found, s.what)
		}
	}
	return found
}
