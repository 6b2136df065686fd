package tortest

import (
	"bufio"
	"errors"
	"io"
	"net/netip"
	"strings"
)

// Reply codes of the SOCKS port (RFC 1928, 6, and socks-extensions.txt).
const (
	fakeSocksGranted     = 0x00
	fakeSocksFailure     = 0x01
	fakeSocksNotAllowed  = 0x02
	fakeSocksRefused     = 0x05
	fakeSocksBadCommand  = 0x07
	fakeSocksNotFound    = 0xF0
	fakeSocksAuthMissing = 0xF4
	fakeSocksAuthBad     = 0xF5
	fakeSocksBadAddress  = 0xF6
)

// errFakeRefused ends a connection whose client was told the reason.
var errFakeRefused = errors.New("refused")

// fakeSocks is one connection to the SOCKS port.
type fakeSocks struct {
	fake  *Fake
	link  *fakeLink
	input *bufio.Reader
}

func (f *Fake) serveSocks(link *fakeLink) {
	s := &fakeSocks{fake: f, link: link, input: bufio.NewReaderSize(link, 32<<10)}
	req, err := s.negotiate()
	if err == nil {
		s.serve(req)
	}
	link.hangUp()
}

// negotiate reads greeting, authentication and request.
func (s *fakeSocks) negotiate() (req FakeRequest, err error) {
	if err := s.greet(&req); err != nil {
		return req, err
	}
	head := make([]byte, 4) // version, command, reserved, address type
	if _, err := io.ReadFull(s.input, head); err != nil {
		return req, err
	}
	if head[0] != 5 {
		return req, s.malformed(fakeSocksFailure)
	}
	switch head[1] {
	case 1: // CONNECT
	case 2, 3: // BIND, UDP ASSOCIATE
		return req, s.malformed(fakeSocksBadCommand)
	default:
		return req, s.malformed(fakeSocksFailure)
	}
	address, err := s.readAddress(head[3])
	if err != nil {
		return req, err
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(s.input, port); err != nil {
		return req, err
	}
	req.Host, req.Port = strings.ToLower(address), int(port[0])<<8|int(port[1])
	return req, nil
}

// greet chooses a method, with tor's preference for the one that isolates.
func (s *fakeSocks) greet(req *FakeRequest) error {
	head := make([]byte, 2)
	if _, err := io.ReadFull(s.input, head); err != nil {
		return err
	}
	if head[0] != 5 {
		return errFakeRefused
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(s.input, methods); err != nil {
		return err
	}
	switch offered := string(methods); {
	case strings.Contains(offered, "\x02"):
		if err := s.reply(5, 2); err != nil {
			return err
		}
		return s.readUser(req)
	case strings.Contains(offered, "\x00"):
		return s.reply(5, 0)
	}
	s.link.Write([]byte{5, 0xFF})
	return errFakeRefused
}

// readUser follows RFC 1929. Every user and password is right: they only name
// the isolation, except that a name of tor's own format must be a known one.
func (s *fakeSocks) readUser(req *FakeRequest) error {
	version, err := s.input.ReadByte()
	if err != nil {
		return err
	}
	if version != 1 {
		return s.refuse(fakeSocksFailure)
	}
	if req.User, err = s.readString(); err != nil {
		return err
	}
	if req.Password, err = s.readString(); err != nil {
		return err
	}
	if format, ok := strings.CutPrefix(req.User, "<torS0X>"); ok && format != "0" {
		return s.refuse(fakeSocksFailure)
	}
	return s.reply(1, 0)
}

func (s *fakeSocks) readString() (string, error) {
	length, err := s.input.ReadByte()
	if err != nil {
		return "", err
	}
	text := make([]byte, length)
	_, err = io.ReadFull(s.input, text)
	return string(text), err
}

func (s *fakeSocks) readAddress(kind byte) (string, error) {
	size := 4
	switch kind {
	case 3:
		name, err := s.readString()
		if err == nil && name == "" {
			err = s.malformed(fakeSocksFailure)
		}
		return name, err
	case 4:
		size = 16
	case 1:
	default:
		return "", s.malformed(fakeSocksFailure) // tor does not use 0x08
	}
	raw := make([]byte, size)
	if _, err := io.ReadFull(s.input, raw); err != nil {
		return "", err
	}
	ip, _ := netip.AddrFromSlice(raw)
	return ip.String(), nil
}

// reply sends an answer of the negotiation. Tor overwrites its answers when
// the client does not wait for each, so a client that is seen not to wait is
// hung up on.
func (s *fakeSocks) reply(answer ...byte) error {
	if s.input.Buffered() > 0 {
		return errFakeRefused
	}
	_, err := s.link.Write(answer)
	return err
}

// malformed refuses what is no request. Tor words that in the short form on
// every kind of socket.
func (s *fakeSocks) malformed(code byte) error {
	s.link.Write(append([]byte{5, code, 0, 1}, make([]byte, 6)...))
	return errFakeRefused
}

// refuse answers a request with a code and returns errFakeRefused.
func (s *fakeSocks) refuse(code byte) error {
	s.link.Write(s.result(code))
	return errFakeRefused
}

// result words a reply. Its address is empty: of version 6 on a unix socket
// and of version 4 on TCP, which is what tor makes of the client's address.
func (s *fakeSocks) result(code byte) []byte {
	if s.link.LocalAddr().Network() == "unix" {
		return append([]byte{5, code, 0, 4}, make([]byte, 18)...)
	}
	return append([]byte{5, code, 0, 1}, make([]byte, 6)...)
}
