package config_test

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
)

const everything = `log_level = 'debug'
[tor]
path = 'mytor'
bridges = ['192.0.2.1:1']
transports = ['obfs4=proxy']
`

// What is given on the command line goes before what is set, and takes away what does
// not go together with it.
func TestApply(t *testing.T) {
	const attached = "tor.control = '127.0.0.1:1'\ntor.socks = '127.0.0.1:2'\n"
	for _, tc := range []struct {
		content, args string
		want          cli.TorFlags
	}{
		{"", "", cli.TorFlags{LogLevel: "warn"}},
		{everything, "", cli.TorFlags{Binary: "mytor", Bridges: []string{"192.0.2.1:1"}, Transports: []string{"obfs4=proxy"}, LogLevel: "debug"}},
		{everything, "--tor-binary t --log-level info", cli.TorFlags{Binary: "t", Bridges: []string{"192.0.2.1:1"}, Transports: []string{"obfs4=proxy"}, LogLevel: "info"}},
		{everything, "--tor-network f", cli.TorFlags{Binary: "mytor", Network: "f", LogLevel: "debug"}},
		{everything, "--tor-control 127.0.0.1:9", cli.TorFlags{Control: "127.0.0.1:9", LogLevel: "debug"}},
		{attached, "", cli.TorFlags{Control: "127.0.0.1:1", SOCKS: "127.0.0.1:2", LogLevel: "warn"}},
		{attached, "--tor-control 127.0.0.1:9", cli.TorFlags{Control: "127.0.0.1:9", SOCKS: "127.0.0.1:2", LogLevel: "warn"}},
		{attached, "--tor-binary t", cli.TorFlags{Binary: "t", LogLevel: "warn"}},
		{attached, "--tor-network f", cli.TorFlags{Network: "f", LogLevel: "warn"}},
		{everything + "control = '127.0.0.1:1'\nsocks = '127.0.0.1:2'\n", "", cli.TorFlags{Control: "127.0.0.1:1", SOCKS: "127.0.0.1:2", LogLevel: "debug"}},
	} {
		var got cli.TorFlags
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		got.Register(flags)
		if err := flags.Parse(strings.Fields(tc.args)); err != nil {
			t.Fatal(err)
		}
		if err := load(t, config.Files{Global: file(t, tc.content)}).Apply(flags); err != nil {
			t.Errorf("%q with %q: %v", tc.content, tc.args, err)
		}
		if strings.Join(got.Bridges, " ") != strings.Join(tc.want.Bridges, " ") || strings.Join(got.Transports, " ") != strings.Join(tc.want.Transports, " ") ||
			got.Binary != tc.want.Binary || got.Network != tc.want.Network || got.Control != tc.want.Control ||
			got.SOCKS != tc.want.SOCKS || got.LogLevel != tc.want.LogLevel {
			t.Errorf("%q with %q: %+v, want %+v", tc.content, tc.args, got, tc.want)
		}
	}
}
