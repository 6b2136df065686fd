package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// addBridges adds what the flags say about bridges to the configuration of a tor to
// start. Whether it makes sense is for [tor.Start] to say.
func (f *TorFlags) addBridges(cfg *tor.Config) error {
	for _, value := range f.Bridges {
		file, ok := strings.CutPrefix(value, "@")
		if !ok {
			cfg.Bridges = append(cfg.Bridges, value)
			continue
		}
		content, err := readFile(file)
		if err != nil {
			return fmt.Errorf("--tor-bridge: %w", err)
		}
		for line := range strings.Lines(content) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				cfg.Bridges = append(cfg.Bridges, line)
			}
		}
	}
	if len(f.Bridges) > 0 && len(cfg.Bridges) == 0 {
		return errors.New("--tor-bridge: there is no bridge in the file") // and no way round them
	}
	for _, value := range f.Transports {
		names, command, ok := strings.Cut(value, "=")
		words := strings.Fields(command)
		if !ok || len(words) == 0 {
			return Hint(Usage(fmt.Errorf("--tor-transport: malformed %q", value)), "it is NAME=PROGRAM, such as obfs4=/usr/bin/obfs4proxy")
		}
		cfg.PluggableTransports = append(cfg.PluggableTransports,
			tor.PluggableTransport{Names: strings.Split(names, ","), Path: words[0], Args: words[1:]})
	}
	return nil
}
