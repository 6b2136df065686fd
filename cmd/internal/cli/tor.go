// Package cli holds what the programs have in common: the flags that say which
// Tor to use, how errors are told to people, and how progress is shown.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"github.com/libp2p/go-libp2p/gologshim"
	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// maxFile bounds the small files that flags name, in bytes.
const maxFile = 1 << 20

// TorFlags say which Tor daemon to use.
type TorFlags struct {
	Binary       string
	Network      string
	Bridges      []string // lines, or @ and the name of a file with lines
	Transports   []string // NAME=PROGRAM
	Control      string
	SOCKS        string
	PasswordFile string
	LogLevel     string
}

// Register adds the flags to fs.
func (f *TorFlags) Register(fs *pflag.FlagSet) {
	fs.StringVar(&f.Binary, "tor-binary", "", "tor program to start (default: the one in PATH)")
	fs.StringVar(&f.Network, "tor-network", "", "file with torrc lines to add, as printed by 'onionwire testnet'")
	fs.StringArrayVar(&f.Bridges, "tor-bridge", nil, "bridge line for the tor to start, where Tor is blocked: `LINE`, or @FILE with lines; can be repeated")
	fs.StringArrayVar(&f.Transports, "tor-transport", nil, "pluggable transport for such bridges: `NAME=PROGRAM`, as in obfs4=obfs4proxy; can be repeated")
	fs.StringVar(&f.Control, "tor-control", "", "use the running tor with this control port, HOST:PORT or unix:PATH")
	fs.StringVar(&f.SOCKS, "tor-socks", "", "SOCKS port of that tor, HOST:PORT or unix:PATH (default: ask it)")
	fs.StringVar(&f.PasswordFile, "tor-password-file", "", "file with the password of the control port (default: use the cookie)")
	fs.StringVar(&f.LogLevel, "log-level", "warn", "what to log on standard error: debug, info, warn or error")
}

// Logger is the logger that the flags ask for.
func (f *TorFlags) Logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		return nil, Hint(Usage(fmt.Errorf("malformed log level %q", f.LogLevel)), "it is one of debug, info, warn, error")
	}
	// libp2p's own log has addresses in full. Who debugs libp2p asks for it.
	if os.Getenv("GOLOG_LOG_LEVEL") == "" {
		gologshim.SetDefaultHandler(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})), nil
}

// BinaryOnly refuses the flags that say more than which tor program to start,
// for commands that run a network of their own.
func (f *TorFlags) BinaryOnly() error {
	if f.Network != "" || f.bridged() || f.Control != "" || f.SOCKS != "" || f.PasswordFile != "" {
		return Hint(Usage(errors.New("this command runs a Tor network of its own")), "of the --tor flags it takes --tor-binary only")
	}
	return nil
}

func (f *TorFlags) bridged() bool { return len(f.Bridges) > 0 || len(f.Transports) > 0 }

// Attached reads the flags and the environment and reports whether a running
// daemon is to be used, and which. What is said on the command line goes before
// the environment: with flags that start a tor, or name a control port, the
// environment is not looked at.
func (f *TorFlags) Attached() (tor.AttachConfig, bool, error) {
	const choose = "choose one or the other"
	starts, details := f.Binary != "" || f.Network != "" || f.bridged(), f.SOCKS != "" || f.PasswordFile != ""
	var cfg tor.AttachConfig
	var err error
	switch {
	case starts && f.Control != "":
		return cfg, false, Hint(Usage(errors.New("--tor-control uses a tor that runs, --tor-binary, --tor-network, --tor-bridge and --tor-transport start one")), choose)
	case starts && details:
		return cfg, false, Hint(Usage(errors.New("--tor-binary, --tor-network, --tor-bridge and --tor-transport start a tor, --tor-socks and --tor-password-file are for one that runs")), choose)
	case starts:
		return cfg, false, nil
	case f.Control != "":
		if cfg.Control, err = parseAddr("--tor-control", f.Control); err != nil {
			return cfg, false, err
		}
	default:
		var found bool
		if cfg, found, err = tor.AttachConfigFromEnvironment(); err != nil {
			return cfg, false, Hint(Usage(err), "unset the variable, or write HOST:PORT or unix:PATH")
		}
		switch {
		case !found && details:
			return cfg, false, Hint(Usage(errors.New("--tor-socks and --tor-password-file need --tor-control")),
				"name the control port of the running tor, usually --tor-control 127.0.0.1:9051")
		case !found:
			return tor.AttachConfig{}, false, nil
		}
	}
	if f.SOCKS != "" {
		if cfg.SOCKS, err = parseAddr("--tor-socks", f.SOCKS); err != nil {
			return cfg, false, err
		}
	}
	if f.PasswordFile != "" {
		password, err := readFile(f.PasswordFile)
		if err != nil {
			return cfg, false, fmt.Errorf("--tor-password-file: %w", err)
		}
		cfg.Password = strings.TrimRight(password, "\r\n")
	}
	return cfg, true, nil
}

func parseAddr(flag, value string) (tor.Addr, error) {
	addr, err := tor.ParseAddr(value)
	if err != nil {
		return addr, Hint(Usage(fmt.Errorf("%s: %w", flag, err)), "it is HOST:PORT, or unix: and the absolute path of a socket")
	}
	return addr, nil
}

// ErrNoAnswer means that no tor answers where one was said to be.
var ErrNoAnswer = errors.New("tor does not answer")

// StartTor starts a daemon with its data in dataDir, or attaches to a running
// one, as the flags say, and says so on stderr: that one is shared with others.
// Whoever calls it closes it. An empty dataDir stands for a temporary folder.
func (f *TorFlags) StartTor(ctx context.Context, dataDir string, log *slog.Logger, stderr io.Writer) (*tor.Daemon, error) {
	attach, attached, err := f.Attached()
	if err != nil {
		return nil, err
	}
	if attached {
		attach.Log = log
		d, err := tor.Attach(ctx, attach)
		// Neither errors nor hints of the system say that it is about tor.
		var dial *net.OpError
		if errors.As(err, &dial) && dial.Op == "dial" && ctx.Err() == nil {
			err = Hint(fmt.Errorf("%w: %w", ErrNoAnswer, err), fmt.Sprintf("is tor running, with its ControlPort at %s?", attach.Control))
		}
		if err != nil {
			return nil, err
		}
		where := attach.Control.String()
		if f.Control == "" {
			where += ", as the environment says"
		}
		fmt.Fprintf(stderr, "using the tor at %s\n", where)
		return d, nil
	}
	cfg := tor.Config{Binary: f.Binary, DataDir: dataDir, Log: log}
	if f.Network != "" {
		// Without a line of its own, tor would join the public network.
		if cfg.Torrc, err = readFile(f.Network); err == nil && strings.TrimSpace(cfg.Torrc) == "" {
			err = errors.New("the file is empty")
		}
		if err != nil {
			return nil, Hint(fmt.Errorf("--tor-network: %w", err), "it is the path that 'onionwire testnet' prints; is that still running?")
		}
	}
	if err := f.addBridges(&cfg); err != nil {
		return nil, err
	}
	return tor.Start(ctx, cfg)
}

// readFile reads a small file, and no more of a large one.
func readFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxFile {
		return "", fmt.Errorf("%s is too large", path)
	}
	return string(b), nil
}
