package tortest

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

// fakeDialTimeout bounds a connection to a target, which is on this machine.
const fakeDialTimeout = 10 * time.Second

// serve answers a request and carries the stream.
func (s *fakeSocks) serve(req FakeRequest) {
	script := s.fake.scriptSocks(req)
	if script.Drop {
		s.link.Close()
		return
	}
	if script.Silent || script.Raw != nil || script.Code != 0 {
		s.answer(script)
		return
	}
	target, code := s.connect(req)
	if target == nil {
		if fakeSleep(s.link.ctx, script.Delay) {
			s.refuse(code)
		}
		return
	}
	defer target.Close()
	s.carry(target, script)
}

// answer sends a scripted reply in place of a stream.
func (s *fakeSocks) answer(script FakeSocksReply) {
	if !fakeSleep(s.link.ctx, script.Delay) {
		return
	}
	reply := script.Raw
	if reply == nil && script.Code != 0 && !script.Silent {
		reply = s.result(script.Code)
	}
	s.link.Write(reply)
	if script.Silent {
		io.Copy(io.Discard, s.input)
	}
}

// connect opens the target of a request, or returns the code that tor refuses
// with.
func (s *fakeSocks) connect(req FakeRequest) (*fakeLink, byte) {
	name, onion := strings.CutSuffix(req.Host, ".onion")
	if !onion {
		return nil, fakeSocksNotAllowed
	}
	id := name[strings.LastIndexByte(name, '.')+1:] // tor ignores a subdomain
	if !fakeIsServiceID(id) {
		return nil, fakeSocksBadAddress
	}
	f := s.fake
	f.mu.Lock()
	service := f.services[id]
	credential, held := f.credentials[id]
	f.mu.Unlock()
	if service == nil {
		return nil, fakeSocksNotFound
	}
	if code := service.admits(credential, held); code != 0 {
		return nil, code
	}
	targets := service.ports[req.Port]
	if len(targets) == 0 {
		return nil, fakeSocksRefused // the service ends the stream without a reason
	}
	target := targets[rand.IntN(len(targets))]
	dialer := net.Dialer{Timeout: fakeDialTimeout}
	conn, err := dialer.DialContext(s.link.ctx, target.network, target.address)
	if err != nil {
		return nil, fakeSocksFailure // whatever it is: tor does not tell
	}
	link := f.open(conn)
	if link == nil {
		return nil, fakeSocksFailure
	}
	return link, fakeSocksGranted
}

// carry moves bytes both ways until one side ends or the script cuts. What
// came right behind the request is in s.input and goes first; it does not wait
// for the reply. The end of one direction ends both, as with tor, which knows
// no half-closed stream.
func (s *fakeSocks) carry(target *fakeLink, script FakeSocksReply) {
	ended := make(chan struct{}, 2)
	sent, replied, received := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s.fake.running.Go(func() {
		defer close(sent)
		fakeCopy(target, fakeLag{s.input, s.link.ctx, script.Lag}, script.CutSent)
		if script.CutSent != 0 {
			<-replied // a cut is behind the reply, whatever came early
		}
		ended <- struct{}{}
	})
	s.fake.running.Go(func() {
		defer close(received)
		err := s.grant(script.Delay)
		close(replied)
		if err == nil {
			fakeCopy(s.link, fakeLag{target, s.link.ctx, script.Lag}, script.CutReceived)
		}
		ended <- struct{}{}
	})
	<-ended
	s.link.shutdown()
	target.shutdown()
	<-sent
	<-received
	target.hangUp()
}

// grant says after a while that the stream is open.
func (s *fakeSocks) grant(delay time.Duration) error {
	if !fakeSleep(s.link.ctx, delay) {
		return net.ErrClosed
	}
	_, err := s.link.Write(s.result(fakeSocksGranted))
	return err
}

// fakeLag reads late. What comes while it waits is in the next piece.
type fakeLag struct {
	io.Reader
	ctx context.Context
	lag time.Duration
}

func (l fakeLag) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	if n > 0 && !fakeSleep(l.ctx, l.lag) {
		return 0, net.ErrClosed
	}
	return n, err
}

// fakeCopy copies until the end of src, or limit bytes if limit is not zero.
func fakeCopy(dst io.Writer, src io.Reader, limit int64) {
	switch {
	case limit == 0:
		io.Copy(dst, src)
	case limit > 0:
		io.CopyN(dst, src, limit)
	}
}
