package tor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// circuitsOf are the circuits of a tor that has two services with clients.
func circuitsOf(ours, other onion.Address) string {
	const path = "$0123456789ABCDEF0123456789ABCDEF01234567~relay BUILD_FLAGS=IS_INTERNAL,NEED_CAPACITY"
	return "250+circuit-status=\r\n" +
		"3 BUILT " + path + " PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=" + ours.ServiceID() + "\r\n" +
		"4 BUILT " + path + " PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED REND_QUERY=" + ours.ServiceID() + " TIME_CREATED=2026-01-01T00:00:00.000000\r\n" +
		"5 EXTENDED " + path + " PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_CONNECTING REND_QUERY=" + ours.ServiceID() + "\r\n" +
		"6 BUILT " + path + " PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED REND_QUERY=" + other.ServiceID() + "\r\n" +
		"7 LAUNCHED PURPOSE=GENERAL\r\n" +
		"8 BUILT " + path + " PURPOSE=HS_CLIENT_REND HS_STATE=HSCR_JOINED REND_QUERY=" + ours.ServiceID() + "\r\n" +
		".\r\n250 OK\r\n"
}

// served lists commands so far by their first word, with the argument of
// CLOSECIRCUIT.
func (p *port) served() (served []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.commands {
		switch word, _, _ := strings.Cut(c, " "); {
		case word == "CLOSECIRCUIT", c == "GETINFO circuit-status":
			served = append(served, c)
		case strings.HasSuffix(word, "_ONION"):
			served = append(served, word)
		}
	}
	p.commands = nil
	return served
}

// closed is a service for two clients, and a third who may come.
type closed struct {
	*tor.Service
	*port
	cfg   tor.ServiceConfig
	third onion.ClientPublicKey
}

func publishClosed(t *testing.T) closed {
	t.Helper()
	c := closed{port: newPort(t), cfg: everything(t), third: newClientKey(t).Public()}
	d := c.attach(t)
	var err error
	if c.Service, err = d.Publish(c.cfg); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return c
}

// wantList fails the test if the service was ever offered with another list, since
// the last look, or never.
func (c closed) wantList(t *testing.T, clients ...onion.ClientPublicKey) {
	t.Helper()
	adds := c.adds()
	if len(adds) == 0 {
		t.Error("the service was not offered")
	}
	want := ""
	for _, k := range clients {
		want += " ClientAuthV3=" + k.String()
	}
	for _, add := range adds {
		if n := strings.Count(add, "ClientAuthV3="); n != len(clients) || !strings.Contains(add, want) {
			t.Errorf("the service was offered for %d clients, want %d", n, len(clients))
		}
	}
}

func TestEviction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := publishClosed(t)
		circuits := circuitsOf(c.Address(), newKey(t).Address())
		c.setScript(func(command string) string {
			switch command {
			case "GETINFO circuit-status":
				return circuits
			case "CLOSECIRCUIT 4":
				return "552 Unknown circuit \"4\"\r\n" // gone in the meantime
			}
			return ""
		})
		c.served()
		if err := c.SetClients(t.Context(), append(c.cfg.Clients, c.third)); err != nil {
			t.Fatal(err)
		}
		if got, want := c.served(), []string{"DEL_ONION", "ADD_ONION"}; !slices.Equal(got, want) {
			t.Errorf("one more client: %q, want %q", got, want)
		}
		if err := c.SetClients(t.Context(), append(c.cfg.Clients, c.third)); err != nil {
			t.Fatal(err)
		}
		if got := c.served(); len(got) != 0 {
			t.Errorf("the same clients: %q", got)
		}
		if err := c.SetClients(t.Context(), c.cfg.Clients[:1]); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"GETINFO circuit-status", "DEL_ONION",
			"GETINFO circuit-status", "CLOSECIRCUIT 4", "CLOSECIRCUIT 5", "ADD_ONION",
			"GETINFO circuit-status", "CLOSECIRCUIT 4", "CLOSECIRCUIT 5",
		}
		if got := c.served(); !slices.Equal(got, want) {
			t.Errorf("less clients: %q, want %q", got, want)
		}
		c.drop()
		synctest.Wait()
		if got, want := c.served(), []string{"ADD_ONION"}; !slices.Equal(got, want) {
			t.Errorf("in a new session: %q, want %q", got, want)
		}
	})
}

// A control port that hides circuits lets nobody be thrown out, and that is said
// before anything happens.
func TestEvictionIsFiltered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := publishClosed(t)
		c.setScript(func(command string) string {
			if command == "GETINFO circuit-status" {
				return "510 Command filtered\r\n"
			}
			return ""
		})
		c.served()
		wantErr(t, c.SetClients(t.Context(), nil), tor.ErrRefused)
		if got := c.served(); slices.Contains(got, "DEL_ONION") {
			t.Errorf("tor was told %q", got)
		}
		list := append(slices.Clone(c.cfg.Clients), c.third)
		if err := c.SetClients(t.Context(), list); err != nil {
			t.Errorf("one more client: %v", err)
		}
		c.wantList(t, list...)
	})
}

// Whatever goes wrong, the service is not offered with the old list again.
func TestSetClientsFailsClosed(t *testing.T) {
	for name, tc := range map[string]struct {
		command, answer string
		err             error
		phase           tor.Phase
	}{
		"service refused":       {"ADD_ONION", "551 Out of something", tor.ErrRefused, tor.Degraded},
		"clients refused":       {"ADD_ONION", strings.ReplaceAll(unknownKeyword, "WORD", "ClientAuthV3"), tor.ErrUnsupported, tor.Degraded},
		"eviction refused":      {"CLOSECIRCUIT", "510 Command filtered", tor.ErrRefused, tor.Degraded},
		"lost with the answer":  {"ADD_ONION", "\x00", nil, tor.Starting},
		"lost while taken away": {"DEL_ONION", "\x00", nil, tor.Starting},
		"lost at the eviction":  {"CLOSECIRCUIT", "\x00", nil, tor.Starting},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := publishClosed(t)
				circuits := circuitsOf(c.Address(), newKey(t).Address())
				broken := true
				c.setScript(func(command string) string {
					switch {
					case command == "GETINFO circuit-status":
						return circuits
					case broken && strings.HasPrefix(command, tc.command):
						broken = tc.err != nil // else once is enough
						return tc.answer + "\r\n"
					}
					return ""
				})
				c.served()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				err := c.SetClients(ctx, c.cfg.Clients[1:])
				if tc.err != nil {
					wantErr(t, err, tc.err)
				} else if err != nil {
					t.Fatal(err)
				}
				if st := statusOf(t, c.Service); st.Phase != tc.phase {
					t.Errorf("%+v, want %s", st, tc.phase)
				}
				if refused := tc.command == "ADD_ONION" && tc.err != nil; refused && !slices.Contains(c.served(), "CLOSECIRCUIT 5") {
					t.Error("nobody was thrown out while tor refuses the service")
				}
				c.setScript(func(command string) string {
					if command == "GETINFO circuit-status" {
						return circuits
					}
					return ""
				})
				time.Sleep(time.Minute)
				if st := statusOf(t, c.Service); st.Phase != tor.Starting || st.Err != nil {
					t.Errorf("once all is well again: %+v", st)
				}
				c.wantList(t, c.cfg.Clients[1])
				if got := c.served(); !slices.Contains(got, "CLOSECIRCUIT 5") {
					t.Errorf("nobody was thrown out: %q", got)
				}
			})
		})
	}
}

// A control port that takes no services away leaves everything as it is, in later
// sessions too.
func TestSetClientsCannotWithdraw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := publishClosed(t)
		c.setScript(func(command string) string {
			if strings.HasPrefix(command, "DEL_ONION") {
				return "510 Command filtered\r\n"
			}
			return ""
		})
		c.served()
		for range 2 { // and it goes on to be an error
			wantErr(t, c.SetClients(t.Context(), c.cfg.Clients[1:]), tor.ErrRefused)
		}
		c.drop()
		synctest.Wait()
		if got, want := c.served(), []string{
			"GETINFO circuit-status", "DEL_ONION", "GETINFO circuit-status", "DEL_ONION", "ADD_ONION",
		}; !slices.Equal(got, want) {
			t.Errorf("tor was told %q, want %q", got, want)
		}
	})
}

// Where nobody is let in, nobody is thrown out when somebody comes.
func TestSomebodyAfterNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := publishClosed(t)
		if err := c.SetClients(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		c.served()
		if err := c.SetClients(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if got := c.served(); len(got) != 0 {
			t.Errorf("still nobody: %q", got)
		}
		if err := c.SetClients(t.Context(), c.cfg.Clients); err != nil {
			t.Fatal(err)
		}
		if got, want := c.served(), []string{"DEL_ONION", "ADD_ONION"}; !slices.Equal(got, want) {
			t.Errorf("somebody: %q, want %q", got, want)
		}
	})
}

func TestSetClientsIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := publishClosed(t)
		c.setScript(refuseServices("550 Onion address collision"))
		c.served()
		c.drop()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		c.setAway(context.DeadlineExceeded)
		c.drop()
		synctest.Wait()
		c.served()
		wantErr(t, c.SetClients(ctx, []onion.ClientPublicKey{c.third}), context.DeadlineExceeded)
		c.setAway(nil)
		c.setScript(nil)
		time.Sleep(time.Minute)
		c.wantList(t, c.third)
		if err := c.SetClients(t.Context(), nil); err != nil {
			t.Error(err)
		}
		if adds := c.adds(); strings.Contains(adds[len(adds)-1], c.third.String()) || strings.Count(adds[len(adds)-1], "ClientAuthV3=") != 1 {
			t.Errorf("a service for nobody is %q", adds)
		}
	})
}

// Without clients of its own a closed service is closed all the same.
func TestRestrictedToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		cfg := everything(t)
		cfg.Clients, cfg.Restricted = nil, true
		if _, err := d.Publish(cfg); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if adds := p.adds(); len(adds) != 1 || strings.Count(adds[0], "ClientAuthV3=") != 1 {
			t.Errorf("tor was asked for %q", adds)
		}
	})
}

func FuzzRendezvousCircuits(f *testing.F) {
	addr, err := onion.Parse("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(circuitsOf(addr, addr))
	f.Add(fmt.Sprintf("circuit-status=4 BUILT PURPOSE=HS_SERVICE_REND REND_QUERY=%s", addr.ServiceID()))
	f.Add("4 BUILT \"")
	f.Fuzz(func(t *testing.T, text string) {
		for _, id := range tor.RendezvousCircuits([]string{text}, addr) {
			if id == "" || strings.ContainsAny(id, " \r\n") {
				t.Errorf("circuit %q", id)
			}
		}
	})
}
