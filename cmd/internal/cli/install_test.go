package cli_test

import (
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func TestInstallOn(t *testing.T) {
	for release, want := range map[string]string{
		"PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n":    "apt install tor",
		"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n":           "apt install tor",
		"ID_LIKE=\"rhel centos fedora\"\nID=\"rocky\"\n":      "dnf install tor",
		"ID='opensuse-leap'\r\nID_LIKE=\"suse opensuse\"\r\n": "zypper install tor",
		"ID=alpine\nVERSION_ID=3.20":                          "apk add tor",
		"ID=manjaro\nID_LIKE=arch":                            "pacman -S tor",
	} {
		if got := cli.InstallOn(release); got != want {
			t.Errorf("%q: %q, want %q", release, got, want)
		}
	}
	for _, release := range []string{"", "ID=", "VERSION_ID=1\nID=plan9\n"} {
		if got := cli.InstallOn(release); !strings.Contains(got, "apt install tor") || !strings.Contains(got, "Fedora") {
			t.Errorf("%q: %q", release, got)
		}
	}
	if cli.InstallTor() == "" {
		t.Error("nothing for this system")
	}
}

// Who is not root needs to be for a command that installs something for everybody.
func TestInstallAs(t *testing.T) {
	for _, c := range []struct {
		user          int
		command, want string
	}{
		{0, "apt install tor", "apt install tor"},
		{1000, "apt install tor", "sudo apt install tor"},
		{1000, "nix-env -iA nixos.tor", "nix-env -iA nixos.tor"},
		{1000, cli.InstallOn(""), cli.InstallOn("")},
	} {
		if got := cli.InstallAs(c.user, c.command); got != c.want {
			t.Errorf("%d: %q, want %q", c.user, got, c.want)
		}
	}
}
