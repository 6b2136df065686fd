#!/bin/sh
# Two people chat on this machine over a private Tor network, side by side in
# tmux. Without tmux or a terminal: say what to type in three terminals.
#
#	chat-demo.sh PATH-OF-ONIONWIRE
#
# Nothing here touches the public Tor network, and nothing stays behind.
set -eu

onionwire=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

if ! command -v tmux >/dev/null 2>&1 || ! [ -t 0 ] || ! [ -t 1 ]; then
	dir=/tmp/onionwire-chat-$$
	cat <<-END
		Without tmux it takes three terminals. In the first, start the network and
		wait until it says "ready":

		  mkdir -m 700 $dir
		  $onionwire testnet --dir $dir/network

		In the second, Alice listens:

		  $onionwire init --no-passphrase --dir $dir/alice --profile alice
		  $onionwire chat --listen --dir $dir/alice --profile alice --tor-network $dir/network/network.torrc

		In the third, Bob calls her:

		  $onionwire init --no-passphrase --dir $dir/bob --profile bob
		  $onionwire chat "\$($onionwire id --dir $dir/alice --profile alice | head -n 1)" --dir $dir/bob --profile bob --tor-network $dir/network/network.torrc

		Afterwards, stop the network with Ctrl-C and remove the folder:

		  rm -r $dir
	END
	exit
fi

# Under /tmp whatever TMPDIR says: the path of a unix socket has about 100 bytes.
work=$(mktemp -d /tmp/onionwire.XXXXXX)
network=

# await_end waits up to ten seconds for process groups to end.
await_end() {
	tenths=100
	for group in "$@"; do
		while kill -s 0 -- "-$group" 2>/dev/null && [ "$tenths" -gt 0 ]; do
			sleep 0.1
			tenths=$((tenths - 1))
		done
	done
}

in_tmux() {
	tmux -S "$work/tmux" -f "$work/tmux.conf" "$@"
}

# clean_up lets the chats close their Tor daemons and the network its processes,
# and insists only when that takes too long.
clean_up() {
	trap '' HUP INT TERM
	chats=$(in_tmux list-panes -s -F '#{pane_pid}' 2>/dev/null || true)
	for group in $chats; do
		kill -s TERM -- "-$group" 2>/dev/null || true
	done
	# shellcheck disable=SC2086 # a list of process groups
	await_end $chats
	in_tmux kill-server 2>/dev/null || true
	if [ -n "$network" ]; then
		kill -s INT "$network" 2>/dev/null || true
		await_end "$network"
		kill -s KILL -- "-$network" 2>/dev/null || true
	fi
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A process group of its own keeps the network from a Ctrl-C that is meant for
# this script: clean_up stops it, after the chats.
echo "starting a private Tor network (about 12 seconds)"
set -m
"$onionwire" testnet --dir "$work/network" >"$work/ready" 2>"$work/log" </dev/null &
network=$!
set +m
until grep -q '^ready ' "$work/ready"; do
	if ! kill -s 0 "$network" 2>/dev/null; then
		echo "the private Tor network did not start:" >&2
		cat "$work/log" >&2
		exit 1
	fi
	sleep 0.2
done
torrc=$(sed -n 's/^ready //p' "$work/ready")

"$onionwire" init --no-passphrase --name Alice --dir "$work/alice" --profile alice
"$onionwire" init --no-passphrase --name Bob --dir "$work/bob" --profile bob
alice=$("$onionwire" id --dir "$work/alice" --profile alice | head -n 1)

cat >"$work/tmux.conf" <<-'END'
	set -g mouse on
	set -g pane-border-status top
	set -g pane-border-format " #{?#{==:#{pane_index},0},alice,bob} "
	set -g status-left ""
	set -g window-status-current-format ""
END
# Within another tmux, that one takes the first Ctrl-b.
leave='Ctrl-b d'
[ -z "${TMUX-}" ] || leave='Ctrl-b Ctrl-b d'
echo "set -g status-right-length 60; set -g status-right 'other pane: Ctrl-b o   leave: $leave '" >>"$work/tmux.conf"

# A pane whose program failed stays, so that its last words can be read. (Not
# with the option remain-on-exit: what it can do depends on the version.)
pane='trap : INT; "$@" && exit; echo "ended with status $?; Enter closes this"; read -r _'

# tmux refuses to run inside itself unless it does not know that it does.
unset TMUX
# The first pane waits until there are two, or its width would change under it.
in_tmux new-session -d -s chat -x "$(tput cols)" -y "$(tput lines)" \
	sh -c "tmux -S '$work/tmux' wait-for split; $pane" alice \
	"$onionwire" chat --listen --dir "$work/alice" --profile alice --tor-network "$torrc"
in_tmux split-window -h -t chat \
	sh -c "$pane" bob \
	"$onionwire" chat "$alice" --dir "$work/bob" --profile bob --tor-network "$torrc"
sleep 0.5 # a pane hears of its width a little later
in_tmux wait-for -S split
in_tmux attach-session -t chat
