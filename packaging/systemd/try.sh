#!/bin/sh
# Run the units by a systemd of its own, which starts nothing else, and see what it says:
#
#	try.sh PROGRAM
#
# Under all that the units forbid, the node and its tor have to start, to tell that they
# are ready, to find each other, and to end. There is no network, and tor is told so. It
# needs root, and systemd as a program: it need not be the init. What it makes is in
# namespaces and folders that go with it.
set -eu

[ $# -eq 1 ] || {
	echo "usage: try.sh PROGRAM" >&2
	exit 2
}
[ "$(id -u)" -eq 0 ] || exec sudo sh "$0" "$@"

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d /opt/ow-XXXXXX) # /tmp is another one for the service, and /home is hidden from it
manager=
clean_up() {
	status=$?
	# With its first process, all that runs in a namespace ends.
	[ -z "$manager" ] || kill -9 "$manager" 2>/dev/null || true
	rm -rf "$dir"
	exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir "$dir/units"
install -m 755 "$1" "$dir/onionwire"
chmod 755 "$dir"
printf 'DisableNetwork 1\n' >"$dir/bot.torrc"
# A user who is on every machine, and no units but these.
for unit in onionwire@ onionwire-tor@; do
	sed "s|^User=.*|User=games|; s|^Group=.*|Group=games|; s|/usr/bin/onionwire|$dir/onionwire|
		s|/etc/onionwire/%i.torrc|$dir/%i.torrc|; s|^\[Unit\]|&\nDefaultDependencies=no|
		/network-online.target/d" "$here/$unit.service" >"$dir/units/$unit.service"
	printf '[Service]\nRestart=no\nStandardOutput=truncate:%s/said.%s\nStandardError=inherit\n' "$dir" "$unit" >>"$dir/units/$unit.service"
done
grep -q -- "-f $dir/%i.torrc" "$dir/units/onionwire-tor@.service" # or tor would have a network
for target in try basic sysinit shutdown emergency sockets; do
	printf '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n' >"$dir/units/$target.target"
done

cat >"$dir/init" <<END
set -e
perl -e 'use Socket; my \$lo = pack("a16s", "lo", 1); socket(S, AF_INET, SOCK_DGRAM, 0) && ioctl(S, 0x8914, \$lo) or die "lo: \$!"'
mount --make-rprivate /
mount --make-rshared / # or credentials would not get to the service
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd,xattr cgroup /sys/fs/cgroup/systemd
mount -t tmpfs tmpfs /var/lib
install -d -o games -g games -m 700 /var/lib/onionwire
setpriv --reuid=games --regid=games --clear-groups env HOME=/ $dir/onionwire init \
	--dir /var/lib/onionwire --profile bot --no-passphrase >/dev/null
export container=unshare SYSTEMD_UNIT_PATH=$dir/units
exec /lib/systemd/systemd --system --unit=try.target --show-status=no --log-target=console
END
unshare --mount --net --pid --fork --uts --ipc --mount-proc sh "$dir/init" &
forked=$!

# inside runs a program beside the manager.
inside() {
	nsenter -t "$manager" -m -p -u -i env SYSTEMD_UNIT_PATH="$dir/units" "$@"
}
for _ in $(seq 100); do
	manager=$(ps -o pid= --ppid "$forked" | tr -d ' ')
	[ -n "$manager" ] && inside systemctl show -p Version >/dev/null 2>&1 && break
	kill -0 "$forked" 2>/dev/null || exit 1
	sleep 0.1
done
inside systemctl start onionwire@bot.service || {
	cat "$dir"/said.* >&2
	exit 1
}
inside systemctl status --no-pager --lines=0 onionwire@bot.service onionwire-tor@bot.service
if ! grep -q 'using the tor at unix:/run/onionwire-tor/bot/control' "$dir/said.onionwire@"; then
	echo 'the node does not use the tor of its unit' >&2
	cat "$dir"/said.* >&2
	exit 1
fi
inside systemctl stop onionwire@bot.service
for unit in onionwire@bot onionwire-tor@bot; do
	# tor is stopped with the node, and may need a moment more
	for _ in $(seq 100); do
		state=$(inside systemctl show -p ActiveState --value "$unit.service")
		[ "$state" != deactivating ] && [ "$state" != active ] && break
		sleep 0.1
	done
	result=$(inside systemctl show -p ActiveState,Result,ExecMainStatus --value "$unit.service" | sort | tr '\n' ' ')
	echo "$unit has ended with: $result"
	[ "$result" = '0 inactive success ' ] || exit 1
done
