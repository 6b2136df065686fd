#!/bin/sh
# Run the unit by a systemd of its own, which starts nothing else, and see what it says:
#
#	try.sh PROGRAM
#
# Under all that the unit forbids, the node and its tor have to start, to tell that they
# are ready, and to end. Tor has no network. It needs root, and systemd as a program: it
# need not be the init. What it makes is in namespaces and folders that go with it.
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
printf 'DisableNetwork 1\n' >"$dir/offline.torrc"
# A user who is on every machine, and no units but these.
sed "s|^User=.*|User=games|; s|^Group=.*|Group=games|; s|/usr/bin/onionwire|$dir/onionwire|
	s|^\(ExecStart=.*\)|\1 --tor-network $dir/offline.torrc|; s|^\[Unit\]|&\nDefaultDependencies=no|
	/network-online.target/d" "$here/onionwire@.service" >"$dir/units/onionwire@.service"
printf '[Service]\nRestart=no\nStandardError=truncate:%s/said\n' "$dir" >>"$dir/units/onionwire@.service"
for target in try basic sysinit shutdown emergency sockets; do
	printf '[Unit]\nDefaultDependencies=no\nAllowIsolate=yes\n' >"$dir/units/$target.target"
done

cat >"$dir/init" <<END
set -e
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
unshare --mount --pid --fork --uts --ipc --mount-proc sh "$dir/init" &
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
	cat "$dir/said" >&2
	exit 1
}
inside systemctl status --no-pager --lines=0 onionwire@bot.service
inside systemctl stop onionwire@bot.service
result=$(inside systemctl show -p Result,ExecMainStatus --value onionwire@bot.service | tr '\n' ' ')
echo "it has ended with: $result"
[ "$result" = 'success 0 ' ]
