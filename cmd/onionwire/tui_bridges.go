package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/config"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// disguise is a kind of bridge that needs a program, by the name that lines have for it.
type disguise struct {
	programs []string // any of them will do
	from     string   // where they come from
}

var disguises = map[string]disguise{
	"obfs4":     {[]string{"obfs4proxy", "lyrebird"}, "Debian and Ubuntu: apt install obfs4proxy"},
	"snowflake": {[]string{"snowflake-client"}, "Debian and Ubuntu: apt install snowflake-client"},
}

// bridgePrograms checks lines of bridges, and returns what tor.transports lacks for them. A
// bridge that is none, or has no program, would keep tor from starting the next time.
func bridgePrograms(lines string, has []string) (lacks []string, err error) {
	names := make(map[string]bool)
	for _, transport := range has {
		name, _, _ := strings.Cut(transport, "=")
		names[name] = true
	}
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "@") {
			continue // nothing, or a file with lines
		}
		if err := tor.CheckBridge(line); err != nil {
			return nil, err
		}
		name := transportOf(line)
		if name == "" || names[name] {
			continue
		}
		program, err := programFor(name)
		if err != nil {
			return nil, err
		}
		names[name] = true
		lacks = append(lacks, name+"="+program)
	}
	return lacks, nil
}

// transportOf returns what a line that is a bridge has before its address, or nothing.
func transportOf(line string) string {
	words := strings.Fields(line)
	if len(words) > 0 && strings.EqualFold(words[0], "bridge") {
		words = words[1:]
	}
	if len(words) == 0 || strings.Contains(words[0], ":") {
		return ""
	}
	return words[0]
}

func programFor(name string) (path string, err error) {
	kind := disguises[name]
	for _, program := range kind.programs {
		if path, err := exec.LookPath(program); err == nil {
			return path, nil
		}
	}
	if kind.from == "" {
		return "", fmt.Errorf("this bridge needs a program for %s: add it to tor.transports as %s=PROGRAM first", name, name)
	}
	return "", fmt.Errorf("this bridge needs the program %s, which is not installed (%s); install it, and add the bridge again",
		kind.programs[0], kind.from)
}

// setBridges keeps bridges, and before them the programs that they need and that nobody has
// named.
func setBridges(path string, set *config.Config, lines string) error {
	lacks, err := bridgePrograms(lines, set.Tor.Transports)
	if err != nil {
		return err
	}
	if len(lacks) > 0 {
		all := strings.Join(slices.Concat(set.Tor.Transports, lacks), "\n")
		if err := config.Set(path, "tor.transports", all); err != nil {
			return err
		}
	}
	return config.Set(path, bridgesKey, lines)
}

// bridgesKey is the key that has bridges.
const bridgesKey = "tor.bridges"
