package tor_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestAuthenticationMethods(t *testing.T) {
	cookie := filepath.Join(t.TempDir(), `a "cookie" \ 100%`)
	for name, c := range map[string]struct {
		options  []tortest.FakeOption
		password string
		script   tortest.FakeReply // of PROTOCOLINFO
		want     string            // how it authenticates
	}{
		"none":                  {want: "AUTHENTICATE"},
		"needless password":     {password: "x", want: "AUTHENTICATE"},
		"safe cookie":           {options: []tortest.FakeOption{tortest.FakeCookie(cookie)}, want: "AUTHCHALLENGE"},
		"password not asked":    {options: []tortest.FakeOption{tortest.FakeCookie(cookie)}, password: "x", want: "AUTHCHALLENGE"},
		"password":              {options: []tortest.FakeOption{tortest.FakePassword("x")}, password: "x", want: "AUTHENTICATE"},
		"odd password":          {options: []tortest.FakeOption{tortest.FakePassword(oddPassword)}, password: oddPassword, want: "AUTHENTICATE"},
		"binary password":       {options: []tortest.FakeOption{tortest.FakePassword("\x00\r\n\xff%s")}, password: "\x00\r\n\xff%s", want: "AUTHENTICATE"},
		"password before both":  {options: []tortest.FakeOption{tortest.FakePassword("x"), tortest.FakeCookie(cookie)}, password: "x", want: "AUTHENTICATE"},
		"cookie for want of it": {options: []tortest.FakeOption{tortest.FakePassword("x"), tortest.FakeCookie(cookie)}, want: "AUTHCHALLENGE"},
		"plain cookie": {
			options: []tortest.FakeOption{tortest.FakeCookie(cookie)},
			script: tortest.FakeReply{Lines: []string{
				"250-PROTOCOLINFO 1",
				`250-AUTH METHODS=COOKIE COOKIEFILE="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(cookie) + `"`,
				`250-VERSION Tor="0.4.9.11"`, "250-LATER x=y", "250 OK",
			}},
			want: "AUTHENTICATE",
		},
	} {
		t.Run(name, func(t *testing.T) {
			fake := tortest.NewFake(t, c.options...)
			if c.script.Lines != nil {
				fake.OnCommand(func(cmd string) (r tortest.FakeReply) {
					if strings.HasPrefix(cmd, "PROTOCOLINFO") {
						// The fake wants to be asked; the rest is the script's.
						return c.script
					}
					return r
				})
			}
			attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr()), Password: c.password})
			word, _, _ := strings.Cut(fake.Commands()[1], " ")
			if word != c.want {
				t.Errorf("commands %q, want %s", fake.Commands(), c.want)
			}
		})
	}
}

func TestUnknownMethod(t *testing.T) {
	_, err := tor.Attach(testContext(t), scripted(t, "PROTOCOLINFO", tortest.FakeReply{Lines: []string{
		"250-PROTOCOLINFO 1", "250-AUTH METHODS=RETINA,DNA", `250-VERSION Tor="0.4.9.11"`, "250 OK",
	}}))
	wantErr(t, err, tor.ErrAuth)
	wantText(t, err, "RETINA, DNA")
}

func TestServerWithoutTheCookie(t *testing.T) {
	fake := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
	ours := filepath.Join(t.TempDir(), "cookie")
	if err := os.WriteFile(ours, []byte("01234567890123456789012345678901"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := tor.Attach(testContext(t), tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr()), CookieFile: ours})
	wantErr(t, err, tor.ErrAuth)
	wantText(t, err, "does not know its own cookie")
	if slices.ContainsFunc(fake.Commands(), func(cmd string) bool { return strings.HasPrefix(cmd, "AUTHENTICATE") }) {
		t.Error("it was told something about our cookie")
	}
}

func TestMalformedChallenge(t *testing.T) {
	for _, line := range []string{
		"250 OK",
		"250 AUTHCHALLENGE",
		"250 AUTHCHALLENGE SERVERHASH=00 SERVERNONCE=00",
		"250 AUTHCHALLENGE SERVERHASH=zz SERVERNONCE=" + strings.Repeat("00", 32),
		"250 AUTHCHALLENGE SERVERHASH= SERVERNONCE=" + strings.Repeat("00", 32),
		`250 AUTHCHALLENGE SERVERHASH="`,
		"513 no",
	} {
		fake := tortest.NewFake(t, tortest.FakeCookie(filepath.Join(t.TempDir(), "cookie")))
		fake.OnCommand(func(cmd string) (r tortest.FakeReply) {
			if strings.HasPrefix(cmd, "AUTHCHALLENGE") {
				r.Lines = []string{line}
			}
			return r
		})
		_, err := tor.Attach(testContext(t), tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
		wantErr(t, err, tor.ErrAuth)
	}
}
