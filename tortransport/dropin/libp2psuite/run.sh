#!/bin/sh
# Run go-libp2p's tests of hosts and transports with Tor in place of its own
# transports. Arguments go to go test, for example: run.sh -race -count 5
set -eu
cd "$(dirname "$0")"

suite=$(go list -m -f '{{.Dir}}' github.com/libp2p/go-libp2p)/p2p/test/transport
overlay=$(mktemp)
trap 'rm -f "$overlay"' EXIT
{
	printf '{"Replace": {'
	comma=
	for file in "$suite"/*_test.go; do
		printf '%s\n"%s": "%s"' "$comma" "$PWD/${file##*/}" "$file"
		comma=,
	done
	printf '\n}}\n'
} >"$overlay"
go test -tags libp2psuite -overlay "$overlay" "$@" .
# Those that watch the gater leave themselves out under the race detector.
go test -tags libp2psuite -overlay "$overlay" -run '^TestIntercept' .
