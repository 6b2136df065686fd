package tor_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// rule lets through what matches, changed if there is a replacement.
type rule struct {
	pattern     *regexp.Regexp
	replacement *string
}

// newRule makes a rule without a replacement of a quoted pattern.
func newRule(pattern string) rule {
	return rule{pattern: regexp.MustCompile("^" + strings.Trim(pattern, "'") + "$")}
}

// rewrite applies the first of the rules that matches.
func rewrite(rules []rule, s, client string) (string, bool) {
	for _, r := range rules {
		m := r.pattern.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		if r.replacement == nil {
			return s, true
		}
		out := strings.ReplaceAll(*r.replacement, "{client-address}", client)
		for _, group := range m[1:] {
			out = strings.Replace(out, "{}", group, 1)
		}
		return out, true
	}
	return "", false
}

// profile is what a control port filter lets through, by command and by event, in
// the format of onion-grater.
type profile struct {
	commands, events map[string][]rule
}

// readProfile reads as much of YAML as the guide's profile has.
func readProfile(t *testing.T, yaml string) profile {
	t.Helper()
	p := profile{make(map[string][]rule), make(map[string][]rule)}
	var section map[string][]rule
	name := ""
	for line := range strings.Lines(yaml) {
		line = strings.TrimSpace(line)
		key, value, pair := strings.Cut(strings.TrimPrefix(line, "- "), ":")
		value = strings.TrimSpace(value)
		switch {
		case line == "commands:":
			section = p.commands
		case line == "events:":
			section = p.events
		case section == nil || line == "response:":
		case strings.HasPrefix(line, "- '"): // a pattern and nothing else
			section[name] = append(section[name], newRule(line[2:]))
		case key == "pattern":
			section[name] = append(section[name], newRule(value))
		case key == "replacement":
			value = strings.Trim(value, "'")
			section[name][len(section[name])-1].replacement = &value
		case pair:
			name = key
			section[name] = nil
		}
	}
	return p
}

// filter is a control port filter that follows the rules of onion-grater: it
// answers for tor when somebody authenticates, and tells nothing that the profile
// does not let through.
type filter struct {
	profile profile
	tor     net.Conn // authenticated
	version tor.Version

	mu     sync.Mutex
	client net.Conn
	asked  []string // by the client
}

func (f *filter) say(lines ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, _ = io.WriteString(f.client, strings.Join(lines, "\r\n")+"\r\n")
}

// answers hands on what tor says.
func (f *filter) answers(r *bufio.Reader) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		if event, ok := strings.CutPrefix(line, "650 "); ok {
			kind, _, _ := strings.Cut(event, " ")
			if rules := f.profile.events[kind]; len(rules) > 0 {
				line, _ = rewrite(rules, line, "")
			}
		}
		if line != "" {
			f.say(line)
		}
	}
}

// commands hands on what the client says, or refuses it.
func (f *filter) commands() {
	host, _, _ := net.SplitHostPort(f.client.RemoteAddr().String())
	lines := bufio.NewScanner(f.client)
	for lines.Scan() {
		command, args, _ := strings.Cut(lines.Text(), " ")
		f.mu.Lock()
		f.asked = append(f.asked, command)
		f.mu.Unlock()
		switch command {
		case "PROTOCOLINFO":
			f.say("250-PROTOCOLINFO 1", "250-AUTH METHODS=NULL", fmt.Sprintf("250-VERSION Tor=%q", f.version), "250 OK")
			continue
		case "AUTHENTICATE":
			f.say("250 OK")
			continue
		case "SETEVENTS":
			unknown := func(event string) bool { _, ok := f.profile.events[event]; return !ok }
			if slices.ContainsFunc(strings.Fields(args), unknown) {
				f.say("510 Command filtered")
				continue
			}
		default:
			var ok bool
			if args, ok = rewrite(f.profile.commands[command], args, host); !ok {
				f.say("510 Command filtered")
				continue
			}
		}
		_, _ = io.WriteString(f.tor, command+" "+args+"\r\n")
	}
	f.tor.Close()
}

// startFilter puts a filter in front of a tor for one client.
func startFilter(t *testing.T, before *tortest.Client, p profile) (*filter, tor.Addr) {
	t.Helper()
	conn, err := net.Dial("tcp", before.Control)
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	fmt.Fprintf(conn, "AUTHENTICATE %q\r\n", before.Password)
	if answer, err := answers.ReadString('\n'); err != nil || !strings.HasPrefix(answer, "250") {
		t.Fatalf("%q, %v", answer, err)
	}
	l := listenLoopback(t)
	f := &filter{profile: p, tor: conn, version: tor.MinVersion}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		if f.client, err = l.Accept(); err != nil {
			conn.Close()
			return
		}
		defer f.client.Close()
		tasks.Go(func() { f.answers(answers) })
		f.commands()
	})
	t.Cleanup(func() { l.Close(); tasks.Wait() })
	return f, parseAddr(t, l.Addr().String())
}
