package tortest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestFakeProtocolInfo(t *testing.T) {
	path := filepath.Join(t.TempDir(), `a "cookie"`)
	quoted := `"` + strings.ReplaceAll(path, `"`, `\"`) + `"`
	for _, test := range []struct {
		name, methods string
		opts          []tortest.FakeOption
	}{
		{"open", "NULL", nil},
		{"password", "HASHEDPASSWORD", []tortest.FakeOption{tortest.FakePassword("x")}},
		{"cookie", "COOKIE,SAFECOOKIE COOKIEFILE=" + quoted, []tortest.FakeOption{tortest.FakeCookie(path)}},
		{"both", "COOKIE,SAFECOOKIE,HASHEDPASSWORD COOKIEFILE=" + quoted, []tortest.FakeOption{tortest.FakeCookie(path), tortest.FakePassword("x")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := tortest.NewFake(t, append(test.opts, tortest.FakeVersion("0.4.8.12"))...)
			c := dialController(t, f.ControlAddr())
			c.want("PROTOCOLINFO 1", "250-PROTOCOLINFO 1\n250-AUTH METHODS="+test.methods+"\n250-VERSION Tor=\"0.4.8.12\"\n250 OK")
			c.want("PROTOCOLINFO 1", "514 Authentication required.")
			c.wantEOF()
		})
	}
}

func TestFakeAuthenticate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookie")
	both := tortest.NewFake(t, tortest.FakeCookie(path), tortest.FakePassword(`hun"ter2`))
	cookie, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	password := tortest.NewFake(t, tortest.FakePassword("hunter2"))
	file := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
	open := tortest.NewFake(t)
	for _, test := range []struct {
		name  string
		fake  *tortest.Fake
		arg   string
		reply string
		ends  bool
	}{
		{"quoted password", both, `"hun\"ter2"`, "250 OK", false},
		{"hexadecimal password", both, hex.EncodeToString([]byte(`hun"ter2`)), "250 OK", false},
		{"cookie", both, strings.ToUpper(hex.EncodeToString(cookie)), "250 OK", false},
		{"wrong of two", both, `"no"`, "515 Authentication failed: Password did not match HashedControlPassword *or* authentication cookie.", true},
		{"wrong password", password, `"no"`, "515 Authentication failed: Password did not match HashedControlPassword value from configuration", true},
		{"no secret", password, "", "515 Authentication failed: Password did not match HashedControlPassword value from configuration", true},
		{"short cookie", file, "00", "515 Authentication failed: Wrong length on authentication cookie.", true},
		{"wrong cookie", file, strings.Repeat("00", 32), "515 Authentication failed: Authentication cookie did not match expected value.", true},
		{"open", open, "", "250 OK", false},
		{"open with anything", open, `"x"`, "250 OK", false},
		{"open quote", open, `"x`, "512 Bad arguments to AUTHENTICATE: Cannot parse keyword argument(s)", false},
		{"behind the quote", open, `"x"y`, "512 Bad arguments to AUTHENTICATE: Cannot parse keyword argument(s)", false},
		{"plain text", open, "plain", "551 Invalid hexadecimal encoding.  Maybe you tried a plain text password?  If so, the standard requires that you put it in double quotes.", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := dialController(t, test.fake.ControlAddr())
			c.want("AUTHENTICATE "+test.arg, test.reply)
			if test.ends {
				c.wantEOF()
			} else if strings.HasPrefix(test.reply, "250") {
				c.want("SETEVENTS", "250 OK")
			}
		})
	}
}

func TestFakeRequiresAuthentication(t *testing.T) {
	f := tortest.NewFake(t)
	for _, command := range []string{"GETINFO version", "TAKEOWNERSHIP", "NOPE", "", "+NOPE\r\nx\r\n."} {
		c := dialController(t, f.ControlAddr())
		c.want(command, "514 Authentication required.")
		c.wantEOF()
	}
	c := dialController(t, f.ControlAddr())
	c.want("quit", "250 closing connection")
	c.wantEOF()
}

// TestFakeSafeCookie computes both hashes of control-spec.txt, 3.24, itself.
func TestFakeSafeCookie(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookie")
	f := tortest.NewFake(t, tortest.FakeCookie(path))
	cookie, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	nonce := []byte("0123456789abcdef0123456789abcdef")
	challenge := func(t *testing.T) (c *controller, answer []byte) {
		t.Helper()
		c = dialController(t, f.ControlAddr())
		reply := c.ask("AUTHCHALLENGE SAFECOOKIE " + hex.EncodeToString(nonce))
		fields := strings.Fields(reply)
		if len(fields) != 4 || fields[0] != "250" || fields[1] != "AUTHCHALLENGE" {
			t.Fatalf("reply %q", reply)
		}
		hash, _ := strings.CutPrefix(fields[2], "SERVERHASH=")
		text, _ := strings.CutPrefix(fields[3], "SERVERNONCE=")
		server, err := hex.DecodeString(text)
		if err != nil || len(server) != 32 {
			t.Fatalf("server nonce %q", text)
		}
		sum := func(key string) []byte {
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write(slices.Concat(cookie, nonce, server))
			return mac.Sum(nil)
		}
		want := sum("Tor safe cookie authentication server-to-controller hash")
		if got, err := hex.DecodeString(hash); err != nil || !hmac.Equal(got, want) {
			t.Fatalf("server hash %q, want %X", hash, want)
		}
		return c, sum("Tor safe cookie authentication controller-to-server hash")
	}
	t.Run("right", func(t *testing.T) {
		c, answer := challenge(t)
		c.want("AUTHENTICATE "+hex.EncodeToString(answer), "250 OK")
		c.want("TAKEOWNERSHIP", "250 OK")
	})
	t.Run("wrong", func(t *testing.T) {
		c, answer := challenge(t)
		answer[0] ^= 1
		c.want("AUTHENTICATE "+hex.EncodeToString(answer), "515 Authentication failed: Safe cookie response did not match expected value.")
		c.wantEOF()
	})
	t.Run("the cookie itself", func(t *testing.T) {
		c, _ := challenge(t)
		c.want("AUTHENTICATE "+hex.EncodeToString(cookie), "515 Authentication failed: Safe cookie response did not match expected value.")
	})
	t.Run("short", func(t *testing.T) {
		c, _ := challenge(t)
		c.want("AUTHENTICATE 00", "515 Authentication failed: Wrong length for safe cookie response.")
	})
	t.Run("twice", func(t *testing.T) {
		c, _ := challenge(t)
		c.want("AUTHCHALLENGE SAFECOOKIE 00", "514 Authentication required.")
	})
	t.Run("quoted nonce", func(t *testing.T) {
		c := dialController(t, f.ControlAddr())
		if reply := c.ask(`AUTHCHALLENGE SAFECOOKIE "abc"`); !strings.HasPrefix(reply, "250 AUTHCHALLENGE SERVERHASH=") {
			t.Errorf("reply %q", reply)
		}
	})
}

func TestFakeBadChallenge(t *testing.T) {
	f := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
	for command, reply := range map[string]string{
		"AUTHCHALLENGE":                  "512 Bad arguments to AUTHCHALLENGE: Need at least 1 argument(s)",
		"AUTHCHALLENGE SAFECOOKIE":       "512 Wrong number of arguments for AUTHCHALLENGE",
		"AUTHCHALLENGE SAFECOOKIE 00 11": "512 Wrong number of arguments for AUTHCHALLENGE",
		"AUTHCHALLENGE COOKIE 00":        "513 AUTHCHALLENGE only supports SAFECOOKIE authentication",
		"AUTHCHALLENGE SAFECOOKIE zz":    "513 Invalid base16 client nonce",
		"PROTOCOLINFO two":               `513 No such version "two"`,
	} {
		dialController(t, f.ControlAddr()).want(command, reply)
	}
	none := tortest.NewFake(t)
	dialController(t, none.ControlAddr()).want("AUTHCHALLENGE SAFECOOKIE 00", "515 Cookie authentication is disabled")
}
