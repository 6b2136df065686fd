#!/bin/sh
# Install what the tests need and Go cannot fetch, with the system's package
# manager:
#
#	install-tools.sh tor    tor and tor-gencert, for private networks on loopback
#	install-tools.sh obfs4  a program for obfs4, for bridges in such a network
#	install-tools.sh cc     a C compiler, for the race detector
#	install-tools.sh python Python, for the second implementation of the protocol
#	install-tools.sh tmux   tmux, in which the interface is used
#	install-tools.sh systemd systemd-analyze, which judges the unit of the service
#
# It does nothing when they are there. It never starts tor as a service: the
# tests run processes of their own, a service would join the public network.
set -eu

# Proof-of-work defences of onion services came with this version.
oldest_tor=0.4.8

say() {
	printf 'install-tools: %s\n' "$1" >&2
}

# fail MESSAGE HINT
fail() {
	say "$1"
	say "$2"
	exit 1
}

have() {
	command -v "$1" >/dev/null 2>&1
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif have sudo; then
		sudo "$@"
	elif have doas; then
		doas "$@"
	else
		fail "this needs root, and there is neither sudo nor doas" "run as root: $*"
	fi
}

package_manager() {
	for candidate in apt-get dnf pacman apk brew; do
		if have "$candidate"; then
			echo "$candidate"
			return
		fi
	done
	fail "no known package manager (apt-get, dnf, pacman, apk, brew)" \
		"install $1 by hand, put it on PATH and try again"
}

# run_apt keeps questions away: a changed configuration file stays as it is, and
# a lock that another apt holds (common just after a boot) is waited for.
run_apt() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 "$@" </dev/null
}

# install_packages installs its arguments, or upgrades what is there. Where the
# package lists may be absent (container images) or stale, it fetches them and
# tries again, if the package manager can do so for one package.
install_packages() {
	say "installing with $manager: $*"
	case $manager in
	apt-get)
		apt-cache show "$@" >/dev/null 2>&1 || run_apt update
		run_apt install --no-install-recommends "$@" && return
		run_apt update
		run_apt install --no-install-recommends "$@"
		;;
	dnf) as_root dnf -y install "$@" ;;
	pacman)
		# Fetching the lists for one package only (-Sy) would be a partial
		# upgrade, which Arch Linux does not support.
		as_root pacman -S --noconfirm --needed "$@" || {
			say "if the package lists are absent or stale, upgrade first: pacman -Syu"
			return 1
		}
		;;
	apk) as_root apk add --no-cache --upgrade "$@" ;;
	brew) brew install "$@" ;; # refuses to run as root
	esac >&2
}

with_systemd() {
	[ -d /run/systemd/system ]
}

service_is_enabled() {
	with_systemd && systemctl is-enabled --quiet tor.service 2>/dev/null
}

service_is_active() {
	with_systemd && {
		systemctl is-active --quiet tor.service ||
			systemctl is-active --quiet tor@default.service
	}
}

policy=/usr/sbin/policy-rc.d
policy_marker='# Put here by install-tools.sh for the time of an installation, which is process '

# remove_leftover_policy removes what an installation that was killed has left: it
# would keep services from starting ever after.
remove_leftover_policy() {
	if [ ! -f "$policy" ] || [ -L "$policy" ]; then
		return 0
	fi
	installer=$(sed -n "s/^$policy_marker//p" "$policy")
	if [ -n "$installer" ] && [ ! -d "/proc/$installer" ]; then
		say "removing $policy, which an installation that was killed has left"
		as_root rm -f "$policy"
	fi
}

# deny_service_start makes Debian's maintainer scripts start nothing until this
# script ends. A policy that exists is the administrator's and stays.
deny_service_start() {
	if [ "$manager" != apt-get ] || [ -e "$policy" ] || [ -L "$policy" ]; then
		return
	fi
	say "no service is started meanwhile: $policy is there for the time of the installation"
	trap 'as_root rm -f "$policy"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# shellcheck disable=SC2016 # $1 and $2 are for the inner shell
	as_root sh -c 'printf "#!/bin/sh\n%s\nexit 101\n" "$2" >"$1" && chmod 755 "$1"' sh "$policy" "$policy_marker$$"
}

# install_tor leaves the system's tor service as it was: running only if it ran,
# enabled only if it was enabled.
install_tor() {
	if service_is_active; then
		install_packages tor
		return
	fi
	if service_is_enabled; then
		was_enabled=yes
	else
		was_enabled=no
	fi
	deny_service_start || return
	install_packages tor || return
	if [ "$was_enabled" = no ] && { service_is_enabled || service_is_active; }; then
		say "keeping the tor service off: systemctl disable --now tor"
		as_root systemctl disable --now tor.service
	fi
}

have_tor() {
	have tor && have tor-gencert
}

tor_version() {
	tor --version 2>/dev/null | awk '$1 == "Tor" && $2 == "version" { sub(/\.$/, "", $3); print $3; exit }'
}

tor_is_recent() {
	tor_version | awk -v oldest="$oldest_tor" '
		{
			split(oldest, want, ".")
			split($1, have, ".")
			for (i = 1; i <= 3 && have[i] + 0 == want[i] + 0; i++);
			recent = i > 3 || have[i] + 0 > want[i] + 0
		}
		END { exit !recent }'
}

need_tor() {
	remove_leftover_policy
	if have_tor; then
		tor_is_recent && return
		say "tor $(tor_version) is older than $oldest_tor, trying to upgrade it"
	fi
	manager=$(package_manager "tor $oldest_tor or later")
	install_tor || fail "$manager could not install tor" \
		"see its messages above, or install tor $oldest_tor or later by hand"
	have_tor || fail "tor is installed, but tor or tor-gencert is not on PATH" \
		"put the folders that hold them on PATH"
	tor_is_recent || fail "$manager has nothing newer than tor $(tor_version), $oldest_tor is needed" \
		"for newer packages see https://support.torproject.org/apt/"
}

have_obfs4() {
	have obfs4proxy || have lyrebird
}

need_obfs4() {
	have_obfs4 && return
	manager=$(package_manager "obfs4proxy or lyrebird")
	case $manager in
	dnf) package=obfs4 ;;
	apk) package=lyrebird ;;
	*) package=obfs4proxy ;;
	esac
	install_packages "$package" || fail "$manager could not install obfs4proxy" \
		"see its messages above, or: go install gitlab.torproject.org/tpo/anti-censorship/pluggable-transports/lyrebird/cmd/lyrebird@latest"
	have_obfs4 || fail "obfs4 is installed, but neither obfs4proxy nor lyrebird is on PATH" \
		"put the folder that holds it on PATH"
}

need_cc() {
	cc=$(go env CC)
	have "${cc%% *}" && return
	manager=$(package_manager "a C compiler")
	case $manager in
	apt-get) install_packages gcc libc6-dev ;;
	apk) install_packages gcc musl-dev ;;
	*) install_packages gcc ;;
	esac || fail "$manager could not install a C compiler" \
		"see its messages above, or install one by hand"
}

need_python() {
	have python3 && return
	manager=$(package_manager "Python 3")
	case $manager in
	pacman | brew) package=python ;;
	*) package=python3 ;;
	esac
	install_packages "$package" || fail "$manager could not install Python" \
		"see its messages above, or install Python 3.11 or later by hand"
}

need_tmux() {
	have tmux && return
	manager=$(package_manager tmux)
	install_packages tmux || fail "$manager could not install tmux" "see its messages above, or install it by hand"
}

# It runs nothing: systemd is not made the init of the machine by being there.
need_systemd() {
	have systemd-analyze && return
	manager=$(package_manager systemd-analyze)
	install_packages systemd || fail "$manager could not install systemd" \
		"systemd-analyze comes with systemd, which is for Linux only"
	have systemd-analyze || fail "systemd is installed, but systemd-analyze is not on PATH" \
		"put the folder that holds it on PATH"
}

case ${1-} in
tor) need_tor ;;
obfs4) need_obfs4 ;;
cc) need_cc ;;
python) need_python ;;
systemd) need_systemd ;;
tmux) need_tmux ;;
*) fail "what shall be installed?" "usage: install-tools.sh tor|obfs4|cc|python|systemd|tmux" ;;
esac
