package cli_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestBridges(t *testing.T) {
	file := write(t, "# from a friend\n\nBridge 192.0.2.1:443\r\n obfs4 192.0.2.2:443 a=b\n")
	var cfg tor.Config
	err := cli.AddBridges(flags(t,
		"--tor-bridge", "obfs4 192.0.2.3:443 cert=a,b", "--tor-bridge", "@"+file,
		"--tor-transport", "obfs4,obfs3=obfs4proxy", "--tor-transport", "snowflake=/bin/snowflake -url https://example.com/?a=b",
	), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cfg.Bridges, "|"); got != "obfs4 192.0.2.3:443 cert=a,b|Bridge 192.0.2.1:443|obfs4 192.0.2.2:443 a=b" {
		t.Errorf("bridges: %s", got)
	}
	if len(cfg.PluggableTransports) != 2 {
		t.Fatalf("transports: %+v", cfg.PluggableTransports)
	}
	first, second := cfg.PluggableTransports[0], cfg.PluggableTransports[1]
	if strings.Join(first.Names, " ") != "obfs4 obfs3" || first.Path != "obfs4proxy" || len(first.Args) != 0 {
		t.Errorf("first transport: %+v", first)
	}
	if second.Path != "/bin/snowflake" || strings.Join(second.Args, " ") != "-url https://example.com/?a=b" {
		t.Errorf("second transport: %+v", second)
	}
}

// TestEmptyNetwork: a file that was lost on the way does not lead to the public network.
func TestEmptyNetwork(t *testing.T) {
	noTorInEnvironment(t)
	for _, content := range []string{"", "\n \n"} {
		f := flags(t, "--tor-network", write(t, content), "--tor-binary", "/does/not/exist")
		_, err := f.StartTor(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler), io.Discard)
		if err == nil || !strings.Contains(err.Error(), "the file is empty") {
			t.Errorf("got %v", err)
		}
	}
}

func TestBridgeMistakes(t *testing.T) {
	noTorInEnvironment(t)
	for _, tc := range []struct {
		args   []string
		status int
		want   []string
	}{
		{[]string{"--tor-bridge", "nonsense"}, 1, []string{"malformed bridge line", "in quotes"}},
		{[]string{"--tor-bridge", "obfs4 192.0.2.1:443"}, 1, []string{"needs obfs4", "--tor-transport"}},
		{[]string{"--tor-bridge", "obfs4 192.0.2.1:443", "--tor-transport", "obfs4=no-such-program"}, 1, []string{"no-such-program", "apt install"}},
		{[]string{"--tor-transport", "obfs4"}, 2, []string{"--tor-transport", "NAME=PROGRAM"}},
		{[]string{"--tor-transport", "obfs4= "}, 2, []string{"--tor-transport"}},
		{[]string{"--tor-bridge", "@/does/not/exist"}, 1, []string{"--tor-bridge", "no such file"}},
		{[]string{"--tor-bridge", "@" + write(t, "# none\n")}, 1, []string{"no bridge in the file"}},
	} {
		// Should a tor start, then none that does anything.
		args := append(tc.args, "--tor-network", write(t, "DisableNetwork 1\n"))
		_, err := flags(t, args...).StartTor(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler), io.Discard)
		if err == nil {
			t.Fatalf("%q: a tor was started", tc.args)
		}
		var w strings.Builder
		if status := cli.Report(&w, "prog", err); status != tc.status {
			t.Errorf("%q: status %d, want %d", tc.args, status, tc.status)
		}
		for _, want := range tc.want {
			if !strings.Contains(w.String(), want) {
				t.Errorf("%q: no %q in\n%s", tc.args, want, w.String())
			}
		}
		if strings.Contains(w.String(), "192.0.2.1") {
			t.Errorf("%q: the bridge is told:\n%s", tc.args, w.String())
		}
	}
}
