package tortransport_test

import (
	"context"
	"net"
	"testing"

	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
)

// nowhere is a dialler that leads nowhere.
type nowhere struct{}

func (nowhere) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, net.ErrClosed
}

// FuzzAddresses gives the transport whatever can be a multiaddr: peers send them,
// and address books hold what peers have sent.
func FuzzAddresses(f *testing.F) {
	k := newKey(f)
	p := partyConfig{}.new(f, tortransport.WithDialer(nowhere{}), tortransport.WithOnionKey(k))
	good := onionAddr(f, k)
	for _, m := range []ma.Multiaddr{
		good,
		damaged(f, 33), damaged(f, 34), damaged(f, 0),
		good.Encapsulate(ma.StringCast("/p2p/" + p.id.String())),
		good.Encapsulate(good),
		ma.StringCast("/ip4/127.0.0.1/tcp/4001"),
		ma.StringCast("/dns4/example.org/tcp/4001"),
		ma.StringCast("/onion/aaimaq4ygg2iegci:80"),
	} {
		f.Add(m.Bytes())
	}
	f.Add([]byte{})
	f.Add([]byte{0xbd, 0x03})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ma.NewMultiaddrBytes(b)
		if err != nil {
			m = nil
		}
		can := p.CanDial(m)
		if c, err := p.Dial(context.Background(), m, p.id); err == nil {
			c.Close()
			t.Error("dialled through a dialler that leads nowhere")
		} else {
			wantDiscreet(t, err)
		}
		if l, err := p.Listen(m); err == nil {
			l.Close()
			t.Error("listens without a daemon")
		} else {
			wantDiscreet(t, err)
		}
		if err := p.Ready(context.Background(), m); err == nil {
			t.Error("ready without a listener")
		}
		if can && m[0].Code() != ma.P_ONION3 {
			t.Error("claims to dial something else than an onion address")
		}
	})
}
