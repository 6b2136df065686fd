package tor_test

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// everything is a service with all that there is.
func everything(t testing.TB) tor.ServiceConfig {
	t.Helper()
	return tor.ServiceConfig{
		Key: newKey(t), Port: 1, Target: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1},
		Clients:    []onion.ClientPublicKey{newClientKey(t).Public(), newClientKey(t).Public()},
		PoW:        &tor.PoWConfig{QueueRate: 10},
		MaxStreams: 7, CloseCircuit: true,
	}
}

// adds lists the ADD_ONION commands so far, without key and target.
func (p *port) adds() (adds []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.commands {
		if args, ok := strings.CutPrefix(c, "ADD_ONION ED25519-V3:"); ok {
			_, args, _ = strings.Cut(args, " ")
			adds = append(adds, strings.TrimSpace(regexp.MustCompile(` Port=\S+`).ReplaceAllString(args, "")))
		}
	}
	return adds
}

const (
	allFlags = "Flags=DiscardPK,V3Auth,MaxStreamsCloseCircuit"
	powArgs  = " PoWDefensesEnabled=1 PoWQueueRate=10 PoWQueueBurst=2500"
	maxArgs  = " MaxStreams=7"
)

// unknown plays a tor, or a filter, that does not know some words of ADD_ONION.
func unknown(refusal string, words ...string) answers {
	return func(c string) string {
		if !strings.HasPrefix(c, "ADD_ONION") {
			return ""
		}
		for _, w := range words {
			if strings.Contains(c, w) {
				return strings.ReplaceAll(refusal, "WORD", w) + "\r\n"
			}
		}
		return ""
	}
}

const (
	unknownKeyword = `512 Bad arguments to ADD_ONION: Unrecognized keyword argument "WORD"`
	unknownFlag    = `512 Invalid 'Flags' argument: "WORD"`
	byFilter       = "510 Command filtered"
)

// TestFeaturesThatTorLacks are left out and told, unless that would open a closed
// service or they are required: then there is no service.
func TestFeaturesThatTorLacks(t *testing.T) {
	pow, streams := tor.ProofOfWork, tor.StreamLimit
	for name, tc := range map[string]struct {
		script   answers
		required []tor.Feature
		missing  []tor.Feature
		clients  bool // the service is closed
		want     string
		err      error
	}{
		"none":                      {missing: nil, clients: true, want: allFlags + powArgs + maxArgs},
		"all required":              {required: []tor.Feature{pow, streams}, clients: true, want: allFlags + powArgs + maxArgs},
		"tor 0.4.8":                 {script: unknown(unknownKeyword, "PoWDefensesEnabled"), missing: []tor.Feature{pow}, clients: true, want: allFlags + maxArgs},
		"tor 0.4.8, required":       {script: unknown(unknownKeyword, "PoWDefensesEnabled"), required: []tor.Feature{pow}, clients: true, err: tor.ErrUnsupported},
		"tor 0.4.8, other required": {script: unknown(unknownKeyword, "PoWDefensesEnabled"), required: []tor.Feature{streams}, missing: []tor.Feature{pow}, clients: true, want: allFlags + maxArgs},
		"unknown flag": {
			script: unknown(unknownFlag, "MaxStreamsCloseCircuit"), missing: []tor.Feature{streams},
			clients: true, want: "Flags=DiscardPK,V3Auth" + powArgs,
		},
		"one after the other": {
			script:  unknown(unknownKeyword, "PoWQueueRate", "MaxStreams"),
			missing: []tor.Feature{pow, streams}, clients: true, want: "Flags=DiscardPK,V3Auth",
		},
		"a filter":           {script: unknown(byFilter, "PoW", "MaxStreams"), missing: []tor.Feature{pow, streams}, clients: true, want: "Flags=DiscardPK,V3Auth"},
		"a filter, required": {script: unknown(byFilter, "PoW"), required: []tor.Feature{pow}, clients: true, err: tor.ErrRefused},
		"a filter of clients": {
			script: unknown(byFilter, "ClientAuthV3"), clients: true, err: tor.ErrRefused,
		},
		"clients": {script: unknown(unknownKeyword, "ClientAuthV3"), clients: true, err: tor.ErrUnsupported},
		"V3Auth":  {script: unknown(unknownFlag, "V3Auth"), clients: true, err: tor.ErrUnsupported},
		"a value": {script: unknown("512 Invalid PoWQueueRate", "PoWQueueRate"), clients: true, err: tor.ErrRefused},
		"an open service": {
			script: unknown(byFilter, "PoW", "MaxStreams"), missing: []tor.Feature{pow, streams}, want: "Flags=DiscardPK",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				p.setScript(tc.script)
				cfg := everything(t)
				cfg.Required = tc.required
				auth := ""
				for _, c := range cfg.Clients {
					auth += " ClientAuthV3=" + c.String()
				}
				if !tc.clients {
					cfg.Clients, auth = nil, ""
				}
				s, err := d.Publish(cfg)
				if err != nil {
					t.Fatal(err)
				}
				st := statusOf(t, s)
				adds := p.adds()
				for _, add := range adds {
					if !strings.Contains(add, auth) || tc.clients != strings.Contains(add, "V3Auth") {
						t.Errorf("tor was asked for %q", add)
					}
				}
				if tc.err != nil {
					wantErr(t, st.Err, tc.err)
					if st.Phase != tor.Gone {
						t.Errorf("%+v", st)
					}
					return
				}
				if st.Phase == tor.Gone || !slices.Equal(st.Missing, tc.missing) {
					t.Errorf("%+v, want %q missing", st, tc.missing)
				}
				if last := strings.Replace(adds[len(adds)-1], auth, "", 1); last != tc.want {
					t.Errorf("tor has %q, want %q", last, tc.want)
				}
			})
		})
	}
}

func TestUnsupportedIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		p.setScript(unknown(unknownKeyword, "PoWDefensesEnabled"))
		cfg := everything(t)
		cfg.Required = []tor.Feature{tor.ProofOfWork}
		s, err := d.Publish(cfg)
		if err != nil {
			t.Fatal(err)
		}
		wantText(t, statusOf(t, s).Err, "no proof-of-work defence in tor 0.4.9.11", "PoWDefensesEnabled")
	})
}

func TestImpossibleServices(t *testing.T) {
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, tortest.NewFake(t).ControlAddr())})
	for name, change := range map[string]func(*tor.ServiceConfig){
		"negative streams":    func(c *tor.ServiceConfig) { c.MaxStreams = -1 },
		"too many streams":    func(c *tor.ServiceConfig) { c.MaxStreams = 65536 },
		"no limit":            func(c *tor.ServiceConfig) { c.MaxStreams = 0 },
		"burst below rate":    func(c *tor.ServiceConfig) { c.PoW = &tor.PoWConfig{QueueRate: 10, QueueBurst: 9} },
		"burst below default": func(c *tor.ServiceConfig) { c.PoW = &tor.PoWConfig{QueueBurst: 249} },
		"rate above default":  func(c *tor.ServiceConfig) { c.PoW = &tor.PoWConfig{QueueRate: 2501} },
	} {
		cfg := everything(t)
		change(&cfg)
		if _, err := d.Publish(cfg); err == nil {
			t.Errorf("%s: published", name)
		}
	}
}
