// Package cli holds what the programs have in common: the flags that say which
// Tor to use, how errors are told to people, and how progress is shown.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// maxFile bounds the small files that flags name, in bytes.
const maxFile = 1 << 20

// TorFlags say which Tor daemon to use.
type TorFlags struct {
	Binary       string
	Network      string
	Control      string
	SOCKS        string
	PasswordFile string
	LogLevel     string
}

// Register adds the flags to fs.
func (f *TorFlags) Register(fs *pflag.FlagSet) {
	fs.StringVar(&f.Binary, "tor-binary", "", "tor program to start (default: the one in PATH)")
	fs.StringVar(&f.Network, "tor-network", "", "file with torrc lines to add, as printed by 'onionwire testnet'")
	fs.StringVar(&f.Control, "tor-control", "", "use the running tor with this control port, HOST:PORT or unix:PATH")
	fs.StringVar(&f.SOCKS, "tor-socks", "", "SOCKS port of that tor, HOST:PORT or unix:PATH (default: ask it)")
	fs.StringVar(&f.PasswordFile, "tor-password-file", "", "file with the password of the control port (default: use the cookie)")
	fs.StringVar(&f.LogLevel, "log-level", "warn", "what to log on standard error: debug, info, warn or error")
}

// Logger is the logger that the flags ask for.
func (f *TorFlags) Logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		return nil, Usage(fmt.Errorf("malformed log level %q", f.LogLevel), "it is one of debug, info, warn, error")
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})), nil
}

// Attached reads the flags and the environment and reports whether a running
// daemon is to be used, and which.
func (f *TorFlags) Attached() (tor.AttachConfig, bool, error) {
	cfg, found, err := tor.AttachConfigFromEnvironment()
	if err != nil {
		return cfg, false, Usage(err, "unset the variable, or write HOST:PORT or unix:PATH")
	}
	// What is said on the command line goes before the environment.
	if f.Control == "" && (f.Binary != "" || f.Network != "") {
		if f.SOCKS != "" || f.PasswordFile != "" {
			return cfg, false, Usage(errors.New("--tor-binary and --tor-network start a tor, --tor-socks and --tor-password-file are for one that runs"), "choose one or the other")
		}
		return tor.AttachConfig{}, false, nil
	}
	if f.Control != "" {
		if f.Binary != "" || f.Network != "" {
			return cfg, false, Usage(errors.New("--tor-control uses a tor that runs, --tor-binary and --tor-network start one"), "choose one or the other")
		}
		control, err := tor.ParseAddr(f.Control)
		if err != nil {
			return cfg, false, Usage(fmt.Errorf("--tor-control: %w", err), "")
		}
		cfg, found = tor.AttachConfig{Control: control}, true
	}
	if f.SOCKS != "" {
		if cfg.SOCKS, err = tor.ParseAddr(f.SOCKS); err != nil {
			return cfg, false, Usage(fmt.Errorf("--tor-socks: %w", err), "")
		}
	}
	if f.PasswordFile != "" {
		password, err := readFile(f.PasswordFile)
		if err != nil {
			return cfg, false, fmt.Errorf("--tor-password-file: %w", err)
		}
		cfg.Password = strings.TrimRight(password, "\r\n")
	}
	if !found && (f.SOCKS != "" || f.PasswordFile != "") {
		return cfg, false, Usage(errors.New("--tor-socks and --tor-password-file need --tor-control"), "name the control port of the running tor, usually --tor-control 127.0.0.1:9051")
	}
	return cfg, found, nil
}

// StartTor starts a daemon with its data in dataDir, or attaches to a running
// one, as the flags say. Whoever calls it closes it. An empty dataDir stands for
// a temporary folder.
func (f *TorFlags) StartTor(ctx context.Context, dataDir string, log *slog.Logger) (*tor.Daemon, error) {
	attach, attached, err := f.Attached()
	if err != nil {
		return nil, err
	}
	if attached {
		attach.Log = log
		return tor.Attach(ctx, attach)
	}
	cfg := tor.Config{Binary: f.Binary, DataDir: dataDir, Log: log}
	if f.Network != "" {
		if cfg.Torrc, err = readFile(f.Network); err != nil {
			return nil, fmt.Errorf("--tor-network: %w", err)
		}
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
