#!/bin/sh
# Install the Debian package in a chroot, run what is in it, and remove it:
#
#	try.sh PACKAGE [ROOT]
#
# ROOT is a folder with a Debian, as debootstrap makes it. Without it, a folder is made
# with no more than dpkg, the scripts of the package and tor need, from the files of this
# machine. It needs root, dpkg and tor, and runs where there is no network: whatever is
# wrong with the package, no tor of it gets anywhere.
set -eu

[ $# -ge 1 ] || {
	echo "usage: try.sh PACKAGE [ROOT]" >&2
	exit 2
}
[ "$(id -u)" -eq 0 ] || exec sudo sh "$0" "$@"
if [ "${ONIONWIRE_TRY-}" != inside ]; then
	ONIONWIRE_TRY=inside exec unshare --net sh "$0" "$@"
fi
# The address of this machine is all there is: SIOCSIFFLAGS, IFF_UP.
perl -e 'use Socket; my $lo = pack("a16s", "lo", 1); socket(S, AF_INET, SOCK_DGRAM, 0) && ioctl(S, 0x8914, $lo) or die "lo: $!\n"'
[ "$(grep -c : /proc/net/dev)" -eq 1 ] || {
	echo 'try: there is a network here' >&2
	exit 1
}
package=$1
made=
serve=
tor=

clean_up() {
	status=$?
	for process in $serve $tor; do
		kill "$process" 2>/dev/null || true
	done
	[ -z "$made" ] || rm -rf "$made"
	exit $status
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

say() {
	printf 'try: %s\n' "$1" >&2
}

fail() {
	say "$1"
	exit 1
}

# bring copies programs into the root, with the libraries that they load.
bring() {
	for program in "$@"; do
		path=$(command -v "$program") || fail "there is no $program on this machine"
		path=$(readlink -f "$path")
		mkdir -p "$root/usr/bin"
		cp "$path" "$root/usr/bin/$program"
		ldd "$path" | tr -s ' \t' '\n' | grep '^/' | sort -u | while read -r library; do
			mkdir -p "$root$(dirname "$library")"
			cp -L "$library" "$root$library"
		done
	done
}

# furnish makes a root: a shell, what makes users, and a tor that dpkg knows.
furnish() {
	for dir in dev etc tmp usr/bin usr/sbin var/lib/dpkg/info var/lib/dpkg/updates var/lib/dpkg/triggers var/log; do
		mkdir -p "$root/$dir"
	done
	chmod 1777 "$root/tmp"
	ln -s usr/bin "$root/bin"
	ln -s usr/sbin "$root/sbin"
	mknod -m 666 "$root/dev/null" c 1 3 2>/dev/null || touch "$root/dev/null"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	: >"$root/etc/shadow"
	: >"$root/etc/gshadow"
	printf 'SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\n' >"$root/etc/login.defs"
	bring sh getent useradd mkdir chown rmdir env cat tor
	{
		printf 'Package: tor\nStatus: install ok installed\nMaintainer: nobody <noreply@example.org>\n'
		printf 'Architecture: %s\nVersion: %s\nDescription: tor of the machine\n\n' "$(dpkg --print-architecture)" \
			"$(tor --version | awk '$2 == "version" { sub(/\.$/, "", $3); print $3; exit }')"
	} >"$root/var/lib/dpkg/status"
	: >"$root/var/lib/dpkg/available"
	: >"$root/var/lib/dpkg/info/tor.list"
	: >"$root/usr/sbin/nologin"
	chmod 755 "$root/usr/sbin/nologin"
}

# as_service runs a program in the root as the user of the service, in place of the shell
# that calls it.
as_service() {
	exec chroot --userspec=onionwire:onionwire "$root" /usr/bin/env -i PATH=/usr/bin HOME=/var/lib/onionwire XDG_CONFIG_HOME=/etc "$@"
}

if [ $# -ge 2 ]; then
	root=$2
else
	made=$(mktemp -d /tmp/ow-XXXXXX)
	chmod 755 "$made"
	root=$made
	furnish
fi
quiet_dpkg() {
	dpkg --root="$root" --log=/dev/null --force-unsafe-io "$@"
}

say 'installing'
quiet_dpkg --install "$package"
[ "$(stat -c %a "$root/var/lib/onionwire")" = 700 ] || fail 'the folder of the profiles can be entered by others'
grep -q '^onionwire:' "$root/etc/passwd" || fail 'there is no user for the service'
for file in usr/lib/systemd/system/onionwire@.service usr/lib/systemd/system/onionwire-tor@.service usr/share/man/man1/onionwire.1.gz usr/share/bash-completion/completions/onionwire; do
	[ -s "$root/$file" ] || fail "there is no $file"
done
quiet_dpkg --verify onionwire || fail 'files are not what the package says'

say 'running'
(as_service onionwire --version)
(as_service onionwire init --dir /var/lib/onionwire --profile bot --no-passphrase >/dev/null)
# What the units start, on a tor without a network.
mkdir -p "$root/etc/onionwire" "$root/run/onionwire-tor" "$root/var/lib/onionwire-tor"
printf 'DisableNetwork 1\n' >"$root/etc/onionwire/bot.torrc"
user=$(awk -F: '$1 == "onionwire" { print $3 ":" $4 }' "$root/etc/passwd")
for dir in "$root/run/onionwire-tor/bot" "$root/var/lib/onionwire-tor/bot"; do
	mkdir -m 700 "$dir"
	chown "$user" "$dir"
done
# unit prints the value of the last line NAME= of a unit, with what systemd puts into it.
unit() {
	sed -e ':a' -e '/\\$/{N; s/[ \t]*\\\n[ \t]*/ /; ba' -e '}' "$root/usr/lib/systemd/system/$1@.service" | sed -n "s|^$2=||p" |
		sed "s|%i|bot|g; s|\${STATE_DIRECTORY}|$3|g; s|\${RUNTIME_DIRECTORY}|/run/$1/bot|g"
}
command=$(unit onionwire-tor ExecStart /var/lib/onionwire-tor/bot)
case $command in
*' -f /etc/onionwire/bot.torrc '*) ;;
*) fail "tor would not be without a network: $command" ;;
esac
eval "as_service $command" >"$root/tmp/tor" & # it has quotes
tor=$!
for _ in $(seq 600); do
	[ ! -S "$root/run/onionwire-tor/bot/control" ] || break
	kill -0 "$tor" 2>/dev/null || fail 'tor has ended'
	sleep 0.1
done
command=$(unit onionwire ExecStart /var/lib/onionwire)
environment=$(unit onionwire Environment /var/lib/onionwire)
# shellcheck disable=SC2086 # they are words
as_service env $environment $command >"$root/tmp/out" &
serve=$!
for _ in $(seq 600); do
	! grep -q '^ready ' "$root/tmp/out" || break
	kill -0 "$serve" 2>/dev/null || fail 'the node has ended'
	sleep 0.1
done
grep '^ready ' "$root/tmp/out" || fail 'the node does not get ready'
(as_service onionwire status --dir /var/lib/onionwire --profile bot)
kill "$serve"
wait "$serve" || fail "the node has ended with status $?"
serve=
kill "$tor"
wait "$tor" || true # SIGTERM is how it ends
tor=
rm -r "$root/etc/onionwire"

say 'installing over it'
quiet_dpkg --install "$package"
say 'removing'
quiet_dpkg --remove onionwire
[ ! -e "$root/usr/bin/onionwire" ] || fail 'the program is left'
[ -s "$root/var/lib/onionwire/bot/keys" ] || fail 'the profile is gone'
quiet_dpkg --purge onionwire
[ -s "$root/var/lib/onionwire/bot/keys" ] || fail 'the profile is gone'
left=$(find "$root/usr" "$root/etc" -name '*onionwire*')
[ -z "$left" ] || fail "files are left: $left"
say 'all is well'
