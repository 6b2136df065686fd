package tortest_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// onionKey makes a key and returns it as ADD_ONION takes it, with the service
// ID that the standard library's Ed25519 leads to.
func onionKey(tb testing.TB) (blob, id string) {
	tb.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	expanded := sha512.Sum512(private.Seed())
	expanded[0] &= 248
	expanded[31] = expanded[31]&63 | 64
	sum := sha3.Sum256(slices.Concat([]byte(".onion checksum"), public, []byte{3}))
	id = base32.StdEncoding.EncodeToString(slices.Concat(public, sum[:2], []byte{3}))
	return base64.StdEncoding.EncodeToString(expanded[:]), strings.ToLower(id)
}

func TestFakeServiceID(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	for range 20 {
		blob, id := onionKey(t)
		c.want("ADD_ONION ED25519-V3:"+blob+" Port=80", "250-ServiceID="+id+"\n250 OK")
		c.want("ADD_ONION ED25519-V3:"+blob+" Port=80", "550 Onion address collision")
		c.want("GETINFO onions/current", "250-onions/current="+id+"\n250 OK")
		c.want("DEL_ONION "+strings.ToUpper(id), "250 OK")
		c.want("DEL_ONION "+id, "552 Unknown Onion Service id")
	}
}

func TestFakeNewKey(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	lines := strings.Split(c.ask("ADD_ONION NEW:ED25519-V3 Port=80"), "\n")
	if len(lines) != 3 || lines[2] != "250 OK" {
		t.Fatalf("reply %q", lines)
	}
	id := strings.TrimPrefix(lines[0], "250-ServiceID=")
	key, ok := strings.CutPrefix(lines[1], "250-PrivateKey=")
	if !ok {
		t.Fatalf("no private key in %q", lines[1])
	}
	c.want("DEL_ONION "+id, "250 OK")
	c.want("ADD_ONION "+key+" Port=80", "250-ServiceID="+id+"\n250 OK")
	if reply := c.ask("add_onion new:best flags=discardpk port=80"); strings.Contains(reply, "PrivateKey") {
		t.Errorf("a key in spite of DiscardPK: %q", reply)
	}
}

func TestFakeAddOnionGrammar(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	const bad = "512 Bad arguments to ADD_ONION: "
	zeros := base64.StdEncoding.EncodeToString(make([]byte, 64))
	for _, test := range [][2]string{
		{"", bad + "Need at least 1 argument(s)"},
		{"NEW:BEST", "512 Missing 'Port' argument"},
		{"Port=80", "512 Missing 'Port' argument"},
		{"NEW Port=80", "512 Invalid key type/blob"},
		{"ED25519-V3: Port=80", "512 Invalid key type/blob"},
		{"NEW:RSA1024 Port=80", "513 Invalid key type"},
		{"RSA1024:AAAA Port=80", "513 Invalid key type"},
		{"ED25519-V3:AAAA Port=80", "512 Failed to decode ED25519-V3 key"},
		{"ED25519-V3:!! Port=80", "512 Failed to decode ED25519-V3 key"},
		{"ED25519-V3:" + zeros + " Port=80", "551 Failed to generate onion address"},
		{"NEW:BEST Port=", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=0", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=65536", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=80,0", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=80,foo:bar", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=80,unix:", "512 Invalid VIRTPORT/TARGET"},
		{"NEW:BEST Port=80 Flags=", "512 Invalid 'Flags' argument"},
		{"NEW:BEST Port=80 Flags=Nope", `512 Invalid 'Flags' argument: "Nope"`},
		{"NEW:BEST Port=80 Flags=NonAnonymous", "512 Tor is in anonymous hidden service mode"},
		{"NEW:BEST Port=80 Flags=V3Auth", "512 No auth clients specified"},
		{"NEW:BEST Port=80 ClientAuthV3=ABCD", "512 Cannot decode v3 client auth key"},
		{"NEW:BEST Port=80 ClientAuthV3=" + strings.Repeat("A", 52), "512 No auth type specified"},
		{"NEW:BEST Port=80 MaxStreams=65536", "512 Invalid MaxStreams"},
		{"NEW:BEST Port=80 PoWDefensesEnabled=2", "512 Invalid PoWDefensesEnabled"},
		{"NEW:BEST Port=80 PoWQueueRate=x", "512 Invalid PoWQueueRate"},
		{"NEW:BEST Port=80 PoWQueueBurst=x", "512 Invalid PoWQueueBurst"},
		{"NEW:BEST Port=80 Nope=1", bad + `Unrecognized keyword argument "Nope"`},
		{"NEW:BEST Port=80 nope", bad + "Cannot parse keyword argument(s)"},
		{`NEW:BEST Port=80,"unix:/x"`, bad + "Cannot parse keyword argument(s)"},
	} {
		c.want(strings.TrimSpace("ADD_ONION "+test[0]), test[1])
	}
	for _, args := range []string{
		"Port=80,127.0.0.1 Port=81,127.0.0.1:9 Port=82,9 Port=83,[::1]:9 Port=84,localhost:9 Port=85,unix:/x Port=80,8",
		"Port=80 PoWDefensesEnabled=1 PoWQueueRate=10 PoWQueueBurst=20",
		"Port=80 MaxStreams=10 Flags=MaxStreamsCloseCircuit,Detach",
	} {
		if reply := c.ask("ADD_ONION NEW:BEST " + args); !strings.HasSuffix(reply, "\n250 OK") {
			t.Errorf("%s: %q", args, reply)
		}
	}
	for _, test := range [][2]string{
		{"DEL_ONION", "512 Bad arguments to DEL_ONION: Need at least 1 argument(s)"},
		{"DEL_ONION a b", "512 Bad arguments to DEL_ONION: Cannot accept more than 1 argument(s)"},
		{"DEL_ONION " + strings.Repeat("a", 56), "512 Malformed Onion Service id"},
	} {
		c.want(test[0], test[1])
	}
}

func TestFakeServiceOfAnotherConnection(t *testing.T) {
	f := tortest.NewFake(t)
	owner, other := authenticated(t, f), authenticated(t, f)
	blob, id := onionKey(t)
	owner.ask("ADD_ONION ED25519-V3:" + blob + " Port=80")
	other.want("DEL_ONION "+id, "552 Unknown Onion Service id")
	other.want("GETINFO onions/current onions/detached", "250-onions/current=\n250-onions/detached=\n250 OK")
	owner.want("DEL_ONION "+id, "250 OK")
	owner.ask("ADD_ONION ED25519-V3:" + blob + " Flags=Detach Port=80")
	other.want("GETINFO onions/detached", "250-onions/detached="+id+"\n250 OK")
	other.want("DEL_ONION "+id, "250 OK")
	if left := f.Services(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestFakeClientAuthCommands(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	_, id := onionKey(t)
	key := base64.StdEncoding.EncodeToString(slices.Repeat([]byte{7}, 32))
	zero := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, test := range [][2]string{
		{"ADD", "512 Incomplete ONION_CLIENT_AUTH_ADD command"},
		{"ADD nope x25519:" + key, `512 Invalid v3 address "nope"`},
		{"ADD " + id + " nope", "512 Invalid key type/blob"},
		{"ADD " + id + " rsa:" + key, `552 Unrecognized key type "rsa"`},
		{"ADD " + id + " x25519:AAAA", "512 Failed to decode x25519 private key"},
		{"ADD " + id + " x25519:" + zero, `553 Invalid private key "` + zero + `"`},
		{"ADD " + id + " x25519:" + key + " Flags=Nope", `512 Invalid 'Flags' argument: "Nope"`},
		{"ADD " + id + " x25519:" + key + " Flags=Permanent", `553 Unable to store creds for "` + id + `"`},
		{"VIEW", "250-ONION_CLIENT_AUTH_VIEW\n250 OK"},
		{"ADD " + id + " x25519:" + key, "250 OK"},
		{"ADD " + id + " x25519:" + key + " ClientName=bob", "251 Client for onion existed and replaced"},
		{"VIEW", "250-ONION_CLIENT_AUTH_VIEW\n250-CLIENT " + id + " x25519:" + key + " ClientName=bob\n250 OK"},
		{"VIEW " + id, "250-ONION_CLIENT_AUTH_VIEW " + id + "\n250-CLIENT " + id + " x25519:" + key + " ClientName=bob\n250 OK"},
		{"VIEW nope", `512 Invalid v3 address "nope"`},
		{"REMOVE", "512 Incomplete ONION_CLIENT_AUTH_REMOVE command"},
		{"REMOVE nope", `512 Invalid v3 address "nope"`},
		{"REMOVE " + id, "250 OK"},
		{"REMOVE " + id, `251 No credentials for "` + id + `"`},
	} {
		c.want("ONION_CLIENT_AUTH_"+test[0], test[1])
	}
}
