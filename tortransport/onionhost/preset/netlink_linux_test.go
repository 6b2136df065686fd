package preset_test

import (
	"encoding/binary"
	"fmt"
	"net"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// netlink configures the network of this namespace (man 7 rtnetlink). What fails
// ends the test.
type netlink struct {
	t  *testing.T
	fd int
}

func openNetlink(t *testing.T) *netlink {
	t.Helper()
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return &netlink{t, fd}
}

// addInterface makes an interface that swallows what is sent to it, and turns it
// on. It resolves no neighbours, so that every packet leaves at once.
func (n *netlink) addInterface(name string) {
	n.t.Helper()
	veth := n.addVeth(name, name+"-far")
	if veth == nil {
		n.up(name + "-far")
	} else if tun := n.addTUN(name); tun != nil {
		n.t.Fatalf("no interface can be made: veth: %v; tun: %v", veth, tun)
	}
	n.up(name)
}

// addVeth makes a cable with two ends.
func (n *netlink) addVeth(name, far string) error {
	peer := append(encode(unix.IfInfomsg{}), attr(unix.IFLA_IFNAME, cString(far))...)
	info := append(attr(unix.IFLA_INFO_KIND, []byte("veth")), attr(unix.IFLA_INFO_DATA, attr(1, peer))...) // VETH_INFO_PEER
	body := append(encode(unix.IfInfomsg{}), attr(unix.IFLA_IFNAME, cString(name))...)
	return n.request(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL, append(body, attr(unix.IFLA_LINKINFO, info)...))
}

// addTUN makes an interface whose other end is this process, which does not read.
func (n *netlink) addTUN(name string) error {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/dev/net/tun: %w", err)
	}
	n.t.Cleanup(func() { unix.Close(fd) })
	req, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	return unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
}

func (n *netlink) up(name string) {
	n.t.Helper()
	n.must("turning on "+name, unix.RTM_NEWLINK, 0, encode(unix.IfInfomsg{
		Index: int32(n.index(name)), Flags: unix.IFF_UP | unix.IFF_NOARP, Change: unix.IFF_UP | unix.IFF_NOARP,
	}))
}

func (n *netlink) addAddr(name string, ip net.IP, subnet *net.IPNet) {
	n.t.Helper()
	family, raw := familyOf(ip)
	bits, _ := subnet.Mask.Size()
	body := encode(unix.IfAddrmsg{Family: family, Prefixlen: uint8(bits), Flags: unix.IFA_F_NODAD, Index: uint32(n.index(name))})
	body = append(body, attr(unix.IFA_LOCAL, raw)...)
	n.must("adding "+ip.String(), unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, append(body, attr(unix.IFA_ADDRESS, raw)...))
}

func (n *netlink) addDefaultRoutes(name string) {
	n.t.Helper()
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		body := encode(unix.RtMsg{
			Family: family, Table: unix.RT_TABLE_MAIN, Protocol: unix.RTPROT_BOOT, Scope: unix.RT_SCOPE_UNIVERSE, Type: unix.RTN_UNICAST,
		})
		oif := binary.NativeEndian.AppendUint32(nil, uint32(n.index(name)))
		n.must("adding a default route", unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, append(body, attr(unix.RTA_OIF, oif)...))
	}
}

func (n *netlink) index(name string) int {
	n.t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		n.t.Fatal(err)
	}
	return i.Index
}

func (n *netlink) must(what string, kind, flags uint16, body []byte) {
	n.t.Helper()
	if err := n.request(kind, flags, body); err != nil {
		n.t.Fatalf("%s: %v", what, err)
	}
}

// request sends one message and waits for the kernel's answer to it.
func (n *netlink) request(kind, flags uint16, body []byte) error {
	header := unix.NlMsghdr{Len: uint32(unix.SizeofNlMsghdr + len(body)), Type: kind, Flags: flags | unix.NLM_F_REQUEST | unix.NLM_F_ACK}
	if err := unix.Sendto(n.fd, append(encode(header), body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	size, _, err := unix.Recvfrom(n.fd, answer, 0)
	if err != nil {
		return err
	}
	messages, err := syscall.ParseNetlinkMessage(answer[:size])
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Header.Type != unix.NLMSG_ERROR || len(m.Data) < 4 {
			return fmt.Errorf("unexpected netlink message of type %d", m.Header.Type)
		}
		if code := int32(binary.NativeEndian.Uint32(m.Data)); code != 0 {
			return syscall.Errno(-code)
		}
	}
	return nil
}

func familyOf(ip net.IP) (uint8, []byte) {
	if v4 := ip.To4(); v4 != nil {
		return unix.AF_INET, v4
	}
	return unix.AF_INET6, ip.To16()
}

// attr is one attribute: length, type and value, padded to four bytes.
func attr(kind uint16, value []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

func cString(s string) []byte { return append([]byte(s), 0) }

// encode lays a message out as C does.
func encode(message any) []byte {
	b, err := binary.Append(nil, binary.NativeEndian, message)
	if err != nil {
		panic(err)
	}
	return b
}
