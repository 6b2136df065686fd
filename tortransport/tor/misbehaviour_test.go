package tor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// scripted is a fake tor that answers one command by a script, each time that
// it is asked, and the others as tor does.
func scripted(t *testing.T, command string, reply tortest.FakeReply) tor.AttachConfig {
	t.Helper()
	fake := tortest.NewFake(t)
	fake.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, command) {
			return reply
		}
		return tortest.FakeReply{}
	})
	return tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())}
}

func TestBrokenAnswersEndTheAttempt(t *testing.T) {
	for name, reply := range map[string]tortest.FakeReply{
		"dropped":            {Drop: true},
		"cut":                {Cut: 10},
		"cut in the code":    {Cut: 2},
		"junk":               {Raw: "HTTP/1.1 400 Bad Request\r\n\r\n"},
		"no code":            {Raw: "ok!\r\n"},
		"no separator":       {Raw: "250OK\r\n"},
		"two codes":          {Raw: "250-a\r\n251 b\r\n"},
		"endless line":       {Raw: strings.Repeat("x", 4<<20)},
		"endless lines":      {Raw: strings.Repeat("250-a=b\r\n", 400_000)},
		"endless data":       {Raw: "250+a=\r\n" + strings.Repeat("b\r\n", 400_000)},
		"event in an answer": {Raw: "250-a\r\n650 HS_DESC\r\n250 OK\r\n"},
	} {
		for _, command := range []string{"PROTOCOLINFO", "AUTHENTICATE", "SETEVENTS", "GETINFO status", "GETINFO net"} {
			t.Run(name+", "+command, func(t *testing.T) {
				cfg := scripted(t, command, reply)
				d, err := tor.Attach(testContext(t), cfg)
				if err == nil {
					d.Close()
				}
				wantErr(t, err, tor.ErrControl)
			})
		}
	}
}

func TestSilentAttachIsBoundedByContext(t *testing.T) {
	for _, command := range []string{"PROTOCOLINFO", "AUTHENTICATE", "SETEVENTS", "GETINFO"} {
		cfg := scripted(t, command, tortest.FakeReply{Silent: true})
		ctx := within(t, 50*time.Millisecond)
		_, err := tor.Attach(ctx, cfg)
		wantErr(t, err, ctx.Err())
	}
}
