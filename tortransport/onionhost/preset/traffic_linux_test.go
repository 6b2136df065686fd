package preset_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// tap sees every packet that leaves through an interface of this namespace,
// loopback included.
type tap struct {
	t  *testing.T
	fd int
}

func openTap(t *testing.T) *tap {
	t.Helper()
	// The protocol is in network order (man 7 packet).
	all := binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, unix.ETH_P_ALL))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(all))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return &tap{t, fd}
}

// packets describes those that have left since it was asked last: all of them, or
// the first few hundred.
func (p *tap) packets() []string {
	p.t.Helper()
	var left []string
	b := make([]byte, 64<<10)
	for {
		n, from, err := unix.Recvfrom(p.fd, b, 0)
		if errors.Is(err, unix.EAGAIN) {
			return left
		}
		if err != nil {
			p.t.Fatal(err)
		}
		link, ok := from.(*unix.SockaddrLinklayer)
		if ok && link.Pkttype == unix.PACKET_OUTGOING && !isNeighbourTalk(b[:n]) {
			left = append(left, describe(b[:n]))
		}
	}
}

// isNeighbourTalk reports whether a packet is one with which the kernel looks for
// routers, neighbours and multicast listeners, whoever uses the network: ICMPv6
// from 133 to 137 and 143 (RFC 4861, RFC 3810), behind a hop-by-hop header or not.
func isNeighbourTalk(b []byte) bool {
	const header, icmp = 40, 58
	if len(b) < header+1 || b[0]>>4 != 6 {
		return false
	}
	next, rest := b[6], b[header:]
	if next == 0 && len(rest) >= 9 { // hop-by-hop options, 8 bytes here
		next, rest = rest[0], rest[8:]
	}
	return next == icmp && (rest[0] >= 133 && rest[0] <= 137 || rest[0] == 143)
}

// describe says where a packet goes.
func describe(b []byte) string {
	protocol, to, rest := byte(0), net.IP(nil), []byte(nil)
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		size := min(int(b[0]&15)*4, len(b))
		protocol, to, rest = b[9], b[16:20], b[size:]
	case len(b) >= 40 && b[0]>>4 == 6:
		protocol, to, rest = b[6], b[24:40], b[40:]
	default:
		return fmt.Sprintf("packet of %d bytes", len(b))
	}
	name, ok := map[byte]string{unix.IPPROTO_TCP: "TCP", unix.IPPROTO_UDP: "UDP"}[protocol]
	if !ok || len(rest) < 4 {
		return fmt.Sprintf("protocol %d to %s", protocol, to)
	}
	return name + " to " + net.JoinHostPort(to.String(), strconv.Itoa(int(binary.BigEndian.Uint16(rest[2:]))))
}

// attempts is how often the kernel has been asked to connect or to send in this
// namespace, for IPv4 and IPv6 together, whether anything has left or not.
type attempts struct{ tcpConnects, udpDatagrams int }

func countAttempts(t *testing.T) attempts {
	t.Helper()
	return attempts{
		tcpConnects:  counter(t, "/proc/self/net/snmp", "Tcp:", "ActiveOpens"), // of both families
		udpDatagrams: counter(t, "/proc/self/net/snmp", "Udp:", "OutDatagrams") + counter(t, "/proc/self/net/snmp6", "Udp6OutDatagrams", ""),
	}
}

// counter reads one of the kernel's counters. In one kind of file there is a line
// of names before each line of values, in the other a counter has a line.
func counter(t *testing.T, file, line, name string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	column := 1
	for row := range strings.Lines(string(text)) {
		fields := strings.Fields(row)
		if len(fields) == 0 || fields[0] != line {
			continue
		}
		if at := slices.Index(fields, name); at > 0 {
			column = at
			continue
		}
		value, err := strconv.Atoi(fields[column])
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	t.Fatalf("%s has no %s %s", file, line, name)
	return 0
}
