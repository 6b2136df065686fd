package cli

import (
	"os"
	"runtime"
	"strings"
)

// InstallTor is how tor is installed on this system, in one line.
func InstallTor() string {
	switch runtime.GOOS {
	case "darwin":
		return "brew install tor"
	case "windows":
		return "the Tor Expert Bundle from torproject.org"
	case "freebsd":
		return "pkg install tor"
	case "openbsd":
		return "pkg_add tor"
	}
	release, _ := os.ReadFile("/etc/os-release") // without it there is the list
	return installAs(os.Geteuid(), installOn(string(release)))
}

// installAs is a command that installs something for a user who may not be root. A list of
// commands, and one for the user alone, stay as they are.
func installAs(user int, command string) string {
	if user == 0 || strings.Contains(command, ":") || strings.HasPrefix(command, "nix-env ") {
		return command
	}
	return "sudo " + command
}

// installers are what installs tor, by the names of distributions in os-release(5).
var installers = map[string]string{
	"debian": "apt install tor", "ubuntu": "apt install tor", "fedora": "dnf install tor", "rhel": "dnf install tor",
	"centos": "dnf install tor", "arch": "pacman -S tor", "alpine": "apk add tor", "suse": "zypper install tor",
	"opensuse": "zypper install tor", "void": "xbps-install tor", "nixos": "nix-env -iA nixos.tor", "gentoo": "emerge net-vpn/tor",
}

// installOn returns the command for the distribution that an os-release(5) is of, or for
// one that it is like, or those of the most common ones.
func installOn(release string) string {
	var names []string
	for _, key := range []string{"ID=", "ID_LIKE="} {
		for line := range strings.Lines(release) {
			if value, ok := strings.CutPrefix(strings.TrimSpace(line), key); ok {
				names = append(names, strings.Fields(strings.Trim(value, `"'`))...)
			}
		}
	}
	for _, name := range names {
		if command, ok := installers[strings.ToLower(name)]; ok {
			return command
		}
	}
	return "Debian and Ubuntu: apt install tor; Fedora: dnf install tor; Arch: pacman -S tor; Alpine: apk add tor"
}
