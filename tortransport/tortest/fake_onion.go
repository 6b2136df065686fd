package tortest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// fakeService is an onion service. It does not change once it is added.
type fakeService struct {
	owner   *fakeControl // nil if detached
	ports   map[int][]fakeTarget
	clients []string // base32 x25519 keys; empty lets everybody in
}

// fakeTarget is where streams to a virtual port go.
type fakeTarget struct{ network, address string }

// Services lists the service IDs of the services that are up, sorted.
func (f *Fake) Services() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.services))
}

// fakeNewService is what an ADD_ONION asks for.
type fakeNewService struct {
	fakeService
	flags map[string]bool
}

// addOnion follows control-spec.txt, 3.27; the complaints are tor's.
func (c *fakeControl) addOnion(args []string) fakeAnswer {
	if problem := fakeArgCount("ADD_ONION", len(args), len(args)); problem != "" {
		return fakeSay(problem)
	}
	request := fakeNewService{
		fakeService: fakeService{ports: make(map[int][]fakeTarget)},
		flags:       make(map[string]bool),
	}
	if problem := request.parse(args[1:]); problem != "" {
		return fakeSay(problem)
	}
	key, generated, problem := fakeKeyArgument(args[0])
	if problem != "" {
		return fakeSay(problem)
	}
	id, err := fakeServiceID(key)
	if err != nil {
		return fakeSay("551 Failed to generate onion address")
	}
	service := &request.fakeService
	if !request.flags["detach"] {
		service.owner = c
	}
	if !c.fake.addService(c, id, service) {
		return fakeSay("550 Onion address collision")
	}
	lines := []string{"250-ServiceID=" + id}
	if generated && !request.flags["discardpk"] {
		lines = append(lines, "250-PrivateKey=ED25519-V3:"+base64.StdEncoding.EncodeToString(key))
	}
	for _, client := range service.clients {
		lines = append(lines, "250-ClientAuthV3="+client)
	}
	answer := fakeSay(append(lines, "250 OK")...)
	answer.then = func() { c.fake.announce(id, service) }
	return answer
}

// addService reports whether the address was free.
func (f *Fake) addService(c *fakeControl, id string, service *fakeService) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.gone { // nothing may outlive a restart that already happened
		return true
	}
	if _, taken := f.services[id]; taken {
		return false
	}
	f.services[id] = service
	return true
}

func (c *fakeControl) delOnion(args []string) fakeAnswer {
	if problem := fakeArgCount("DEL_ONION", len(args), 1); problem != "" {
		return fakeSay(problem)
	}
	id := strings.ToLower(args[0])
	if !fakeIsServiceID(id) {
		return fakeSay("512 Malformed Onion Service id")
	}
	f := c.fake
	f.mu.Lock()
	defer f.mu.Unlock()
	service, ok := f.services[id]
	if !ok || c.gone || service.owner != nil && service.owner != c {
		return fakeSay("552 Unknown Onion Service id")
	}
	delete(f.services, id)
	return fakeSay("250 OK")
}

// parse reads the arguments behind the key and returns what is wrong.
func (s *fakeNewService) parse(args []string) string {
	const bad = "512 Bad arguments to ADD_ONION: "
	known := []string{
		"Port", "Flags", "MaxStreams", "ClientAuth", "ClientAuthV3",
		"PoWDefensesEnabled", "PoWQueueRate", "PoWQueueBurst",
	}
	for _, arg := range args { // tor looks at all of them before it reads one
		name, _, ok := strings.Cut(arg, "=")
		if !ok || strings.Contains(arg, `"`) {
			return bad + "Cannot parse keyword argument(s)"
		}
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			return fmt.Sprintf(`%sUnrecognized keyword argument "%s"`, bad, name)
		}
	}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if problem := s.set(strings.ToLower(name), value); problem != "" {
			return problem
		}
	}
	switch {
	case len(s.ports) == 0:
		return "512 Missing 'Port' argument"
	case s.flags["v3auth"] && s.clients == nil:
		return "512 No auth clients specified"
	case s.clients != nil && !s.flags["v3auth"]:
		return "512 No auth type specified"
	case s.flags["nonanonymous"]:
		return "512 Tor is in anonymous hidden service mode"
	}
	return ""
}

func (s *fakeNewService) set(name, value string) string {
	switch name {
	case "port":
		port, target, ok := fakePort(value)
		if !ok {
			return "512 Invalid VIRTPORT/TARGET"
		}
		s.ports[port] = append(s.ports[port], target)
	case "flags":
		return s.setFlags(value)
	case "clientauthv3":
		key, err := fakeBase32.DecodeString(strings.ToLower(value))
		if err != nil || len(key) != 32 {
			return "512 Cannot decode v3 client auth key"
		}
		s.clients = append(s.clients, strings.ToUpper(value))
	case "clientauth":
		return "513 ClientAuth not supported"
	case "maxstreams":
		return fakeNumber(value, 65535, "512 Invalid MaxStreams")
	case "powdefensesenabled":
		return fakeNumber(value, 1, "512 Invalid PoWDefensesEnabled")
	case "powqueuerate":
		return fakeNumber(value, 1<<32-1, "512 Invalid PoWQueueRate")
	case "powqueueburst":
		return fakeNumber(value, 1<<32-1, "512 Invalid PoWQueueBurst")
	}
	return ""
}

func (s *fakeNewService) setFlags(value string) string {
	if value == "" {
		return "512 Invalid 'Flags' argument"
	}
	known := []string{"discardpk", "detach", "v3auth", "nonanonymous", "maxstreamsclosecircuit"}
	for flag := range strings.SplitSeq(value, ",") {
		if !slices.Contains(known, strings.ToLower(flag)) {
			return fmt.Sprintf(`512 Invalid 'Flags' argument: "%s"`, flag)
		}
		s.flags[strings.ToLower(flag)] = true
	}
	return ""
}

// fakeNumber returns the complaint if value is not a number up to most.
func fakeNumber(value string, most uint64, complaint string) string {
	if n, err := strconv.ParseUint(value, 10, 64); err != nil || n > most {
		return complaint
	}
	return ""
}

// fakeKeyArgument reads ED25519-V3:BLOB, NEW:ED25519-V3 or NEW:BEST.
func fakeKeyArgument(arg string) (key []byte, generated bool, problem string) {
	kind, blob, _ := strings.Cut(arg, ":")
	switch kind = strings.ToUpper(kind); {
	case blob == "":
		return nil, false, "512 Invalid key type/blob"
	case kind == "NEW" && (strings.EqualFold(blob, "BEST") || strings.EqualFold(blob, "ED25519-V3")):
		return fakeNewKey(), true, ""
	case kind != "ED25519-V3":
		return nil, false, "513 Invalid key type"
	}
	key, err := base64.StdEncoding.DecodeString(blob)
	if err != nil || len(key) != 64 {
		return nil, false, "512 Failed to decode ED25519-V3 key"
	}
	return key, false, ""
}

// fakePort reads VIRTPORT[,TARGET]. Tor would look up a host name; no test
// should depend on a resolver, so only localhost is one.
func fakePort(value string) (virtual int, target fakeTarget, ok bool) {
	number, where, given := strings.Cut(value, ",")
	virtual, ok = fakePortNumber(number)
	if !ok || !given {
		return virtual, fakeTarget{"tcp", "127.0.0.1:" + number}, ok
	}
	if path, unix := strings.CutPrefix(where, "unix:"); unix {
		return virtual, fakeTarget{"unix", path}, path != ""
	}
	if _, ok := fakePortNumber(where); ok {
		return virtual, fakeTarget{"tcp", "127.0.0.1:" + where}, true
	}
	where = strings.Replace(where, "localhost", "127.0.0.1", 1)
	if ip, err := netip.ParseAddr(where); err == nil {
		return virtual, fakeTarget{"tcp", netip.AddrPortFrom(ip, uint16(virtual)).String()}, true
	}
	address, err := netip.ParseAddrPort(where)
	return virtual, fakeTarget{"tcp", address.String()}, err == nil && address.Port() != 0
}

func fakePortNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int(n), err == nil && n != 0
}
