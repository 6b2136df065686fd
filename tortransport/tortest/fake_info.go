package tortest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

func (c *fakeControl) getInfo(keys []string) fakeAnswer {
	var lines, unknown []string
	for _, key := range keys {
		value, ok := c.info(key)
		switch {
		case !ok:
			unknown = append(unknown, fmt.Sprintf(`Unrecognized key "%s"`, key))
		case strings.Contains(value, "\n"):
			lines = append(lines, "250+"+key+"=")
			lines = append(lines, strings.Split(strings.TrimSuffix(value, "\n"), "\n")...)
			lines = append(lines, ".")
		default:
			lines = append(lines, "250-"+key+"="+value)
		}
	}
	if unknown != nil {
		return fakeStatus("552", unknown)
	}
	return fakeSay(append(lines, "250 OK")...)
}

func (c *fakeControl) info(key string) (string, bool) {
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	switch key {
	case "version":
		return f.config.version, true
	case "status/bootstrap-phase":
		return f.bootstrap, true
	case "net/listeners/socks":
		return `"` + f.SocksAddr() + `"`, true
	case "net/listeners/control":
		return `"` + f.ControlAddr() + `"`, true
	case "config-text":
		return "ControlPort " + f.ControlAddr() + "\nSocksPort " + f.SocksAddr() + "\n", true
	case "onions/current":
		return f.serviceIDs(func(s *fakeService) bool { return s.owner == c }), true
	case "onions/detached":
		return f.serviceIDs(func(s *fakeService) bool { return s.owner == nil }), true
	}
	return "", false
}

// serviceIDs lists the services that match, one a line; the caller holds the
// lock.
func (f *Fake) serviceIDs(match func(*fakeService) bool) string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(f.services)) {
		if match(f.services[id]) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, "\n")
}

func (c *fakeControl) getConf(keys []string) fakeAnswer {
	known := map[string]string{
		"controlport":          "ControlPort=" + c.fake.ControlAddr(),
		"socksport":            "SocksPort=" + c.fake.SocksAddr(),
		"disablenetwork":       "DisableNetwork=0",
		"hiddenserviceoptions": "HiddenServiceOptions",
		"bridge":               "Bridge",
	}
	var values, unknown []string
	for _, key := range keys {
		if value, ok := known[strings.ToLower(key)]; ok {
			values = append(values, value)
		} else {
			unknown = append(unknown, fmt.Sprintf(`Unrecognized configuration key "%s"`, key))
		}
	}
	if unknown != nil {
		return fakeStatus("552", unknown)
	}
	if values == nil {
		return fakeSay("250 OK")
	}
	return fakeStatus("250", values)
}

// fakeStatus is a reply of several lines with one status code.
func fakeStatus(code string, texts []string) fakeAnswer {
	var answer fakeAnswer
	for i, text := range texts {
		separator := "-"
		if i == len(texts)-1 {
			separator = " "
		}
		answer.lines = append(answer.lines, code+separator+text)
	}
	return answer
}

var fakeSignals = []string{
	"RELOAD", "HUP", "SHUTDOWN", "INT", "DUMP", "USR1", "DEBUG", "USR2", "HALT", "TERM",
	"NEWNYM", "CLEARDNSCACHE", "HEARTBEAT", "ACTIVE", "DORMANT",
}

// signal acknowledges a signal and does nothing: what it would change in tor
// is not there, and a fake that ends would leave its test without records.
func (c *fakeControl) signal(args []string) fakeAnswer {
	if problem := fakeArgCount("SIGNAL", len(args), 1); problem != "" {
		return fakeSay(problem)
	}
	if !slices.Contains(fakeSignals, strings.ToUpper(args[0])) {
		return fakeSay(fmt.Sprintf(`552 Unrecognized signal code "%s"`, args[0]))
	}
	return fakeSay("250 OK")
}
