package tor_test

import (
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestAttachConfigFromEnvironment(t *testing.T) {
	type env = map[string]string
	tcp := func(s string) tor.Addr { return tor.Addr{Network: "tcp", Address: s} }
	unix := func(s string) tor.Addr { return tor.Addr{Network: "unix", Address: s} }
	for name, c := range map[string]struct {
		env   env
		want  tor.AttachConfig
		found bool
		bad   string // variable that the error names
	}{
		"nothing":       {},
		"only SOCKS":    {env: env{"TOR_SOCKS_PORT": "9150"}, want: tor.AttachConfig{SOCKS: tcp("127.0.0.1:9150")}},
		"only a host":   {env: env{"TOR_CONTROL_HOST": "10.0.0.1"}},
		"port":          {env: env{"TOR_CONTROL_PORT": "9051"}, want: tor.AttachConfig{Control: tcp("127.0.0.1:9051")}, found: true},
		"host and port": {env: env{"TOR_CONTROL_HOST": "10.0.0.1", "TOR_CONTROL_PORT": "9051"}, want: tor.AttachConfig{Control: tcp("10.0.0.1:9051")}, found: true},
		"IPv6 host":     {env: env{"TOR_CONTROL_HOST": "::1", "TOR_CONTROL_PORT": "9051"}, want: tor.AttachConfig{Control: tcp("[::1]:9051")}, found: true},
		"all in port":   {env: env{"TOR_CONTROL_PORT": "10.0.0.2:9051", "TOR_CONTROL_HOST": "10.0.0.1"}, want: tor.AttachConfig{Control: tcp("10.0.0.2:9051")}, found: true},
		"unix in port":  {env: env{"TOR_CONTROL_PORT": "unix:/run/tor/control"}, want: tor.AttachConfig{Control: unix("/run/tor/control")}, found: true},
		"sockets": {
			env: env{
				"TOR_CONTROL_IPC_PATH": "/run/tor/control", "TOR_SOCKS_IPC_PATH": "/run/tor/socks",
				"TOR_CONTROL_PORT": "9051", "TOR_SOCKS_PORT": "9050",
			},
			want:  tor.AttachConfig{Control: unix("/run/tor/control"), SOCKS: unix("/run/tor/socks")},
			found: true,
		},
		"credentials": {
			env:   env{"TOR_CONTROL_PORT": "9051", "TOR_CONTROL_PASSWD": "pass word", "TOR_CONTROL_COOKIE_AUTH_FILE": "/run/cookie"},
			want:  tor.AttachConfig{Control: tcp("127.0.0.1:9051"), Password: "pass word", CookieFile: "/run/cookie"},
			found: true,
		},
		"quoted password": {
			env:   env{"TOR_CONTROL_PORT": "9051", "TOR_CONTROL_PASSWD": `"a \"b\" c"`},
			want:  tor.AttachConfig{Control: tcp("127.0.0.1:9051"), Password: `a "b" c`},
			found: true,
		},
		"password with a quote": {
			env:   env{"TOR_CONTROL_PORT": "9051", "TOR_CONTROL_PASSWD": `"a" b`},
			want:  tor.AttachConfig{Control: tcp("127.0.0.1:9051"), Password: `"a" b`},
			found: true,
		},
		"no number":     {env: env{"TOR_CONTROL_PORT": "many"}, bad: "TOR_CONTROL_PORT"},
		"port 0":        {env: env{"TOR_SOCKS_PORT": "0"}, bad: "TOR_SOCKS_PORT"},
		"large port":    {env: env{"TOR_SOCKS_PORT": "65536"}, bad: "TOR_SOCKS_PORT"},
		"relative path": {env: env{"TOR_CONTROL_IPC_PATH": "control"}, bad: "TOR_CONTROL_IPC_PATH"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range []string{"CONTROL_IPC_PATH", "CONTROL_HOST", "CONTROL_PORT", "SOCKS_IPC_PATH", "SOCKS_HOST", "SOCKS_PORT", "CONTROL_PASSWD", "CONTROL_COOKIE_AUTH_FILE"} {
				t.Setenv("TOR_"+v, c.env["TOR_"+v])
			}
			got, found, err := tor.AttachConfigFromEnvironment()
			if c.bad != "" {
				wantText(t, err, c.bad)
				return
			}
			if err != nil || got != c.want || found != c.found {
				t.Errorf("got %+v, %v, %v\nwant %+v, %v", got, found, err, c.want, c.found)
			}
		})
	}
}
