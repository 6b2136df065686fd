package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
	"github.com/onionwire/onionwire/node/rpc"
)

// effect is what a line does, with the conversation with Bob open.
type effect struct {
	line  string
	sees  string             // on the screen then
	calls string             // the method of the API that was called
	holds func(u *ui) bool   // of the node then
	after func(u *ui)        // what is done before the line
	with  func(*tui.Options) // how the interface is set up
}

// effects has at least one line of each command.
var effects = map[string][]effect{
	"add": {
		{line: "add", sees: "Their contact link"},
		{line: "add " + theirs + ` "Dora D." Hello, it's me`, sees: "it's me"},
	},
	"accept": {
		{line: "accept", sees: "Requests"},
		{line: "accept Mallory", sees: "is a contact now", calls: "AcceptContact"},
		{line: "accept Bob", sees: "nobody is called like that"},
	},
	"reject":   {{line: "reject mallory", sees: "was rejected", calls: "RejectContact"}, {line: "reject", sees: "Requests"}},
	"requests": {{line: "requests", sees: "let me in"}},
	"block":    {{line: "block Bob", sees: "is blocked", calls: "BlockContact"}},
	"unblock": {
		{line: "unblock Bob", sees: "is not blocked any more", calls: "UnblockContact", after: func(u *ui) { command(u, "block Bob") }},
		{line: "unblock Bob", sees: "nobody is called like that"},
	},
	"verify": {
		{line: "verify", sees: "Bob: not verified", calls: "SafetyNumber"},
		{line: "verify Alice 12345", sees: "Nothing was changed", calls: "VerifyContact"},
	},
	"ask": {{line: "ask Bob", calls: "AskAgain"}},
	"rename": {
		{line: "rename Robert", sees: "Robert", holds: func(u *ui) bool { return contactOf(u.api, "Bob").Alias == "Robert" }},
		{line: `rename Carol "Carol C."`, sees: "Carol C.", calls: "UpdateContact"},
		{line: "rename", sees: "something is missing"},
	},
	"forget": {
		{line: "forget", sees: "Are you sure?"},
		{line: "forget Carol", sees: "is deleted", calls: "DeleteContact", after: func(u *ui) {}},
	},
	"mute":   {{line: "mute", sees: "Bob is muted", holds: func(u *ui) bool { return contactOf(u.api, "Bob").Muted }}},
	"unmute": {{line: "unmute Carol", sees: "Carol is unmuted", holds: func(u *ui) bool { return !contactOf(u.api, "Carol").Muted }}},
	"goto": {
		{line: "goto Alice", sees: "Did the parcel arrive?"},
		{line: "open", sees: "Name of the conversation"},
		{line: "goto Alise", sees: "did you mean Alice?"},
	},
	"close": {{line: "close", sees: "Choose a conversation"}},
	"search": {
		{line: "search parcel", sees: "parcel arrive?", calls: "Search"},
		{line: "find", sees: "Words to find"},
	},
	"file": {
		{line: "file ~/none/such.txt", calls: "SendFile"},
		{line: `send "/a b.txt"`, calls: "SendFile"},
	},
	"files": {{line: "files", sees: "waits for your answer", calls: "Files"}},
	"timer": {
		{line: "timer 1d", sees: "disappear after 1 day", calls: "SetTimer"},
		{line: "timer off", sees: "do not disappear any more", calls: "SetTimer"},
	},
	"expire": {
		{line: "expire 3d", sees: "wait for 3 days", holds: expiry(72 * time.Hour)},
		{line: "expire never", sees: "as long as it takes", holds: expiry(-1)},
		{line: "expire default", sees: "as the settings say", holds: expiry(0)},
	},
	"editor": {{line: "editor", sees: "set $EDITOR"}},
	"link":   {{line: "link", sees: "onionwire:", calls: "Link"}},
	"qr": {
		{line: "qr", sees: "▀", calls: "Link"},
		{line: "qr /no/such/folder/me.png", sees: "there is no such file or folder"},
	},
	"invite":  {{line: "invite Carol, by letter", sees: "works once", calls: "NewInvite"}},
	"invites": {{line: "invites", sees: "There are none", calls: "Invites"}},
	"status":  {{line: "status", sees: "version 0.4.9.11", calls: "TorInfo"}},
	"ping": {
		{line: "ping Alice", sees: "answers within 420ms", calls: "Ping"},
		{line: "ping", sees: "Bob does not answer", calls: "Ping"},
	},
	"bridge": {
		{line: "bridge", sees: "Bridges for the tor", with: withPreferences},
		{line: "bridge obfs4 192.0.2.1:443 cert=x", sees: "tor.bridges is changed", with: withPreferences},
		{line: "bridge off", sees: "tor.bridges is changed", with: withPreferences},
		{line: "settings tor.bridges 192.0.2.9:443", sees: "tor.bridges is changed", with: withPreferences},
	},
	"settings": {
		{line: "settings", sees: "your name"},
		{line: "set name Alice", sees: "name is changed", calls: "SetSettings"},
		{line: "settings nothing 1", sees: "there is no setting of that name"},
		{line: "settings read_receipts maybe", sees: "it is one of true, false"},
	},
	"theme": {
		{line: "theme dark", sees: "the theme is dark"},
		{line: "theme", sees: "the theme is dark"},
		{line: "theme purple", sees: "there is no such theme; there are auto, dark"},
	},
	"mouse": {{line: "mouse off", sees: "mouse off"}, {line: "mouse on", sees: "mouse on"}},
	"keys":  {{line: "keys", sees: "What it does, or a key"}},
	"lock":  {{line: "lock", sees: "no lock: this profile has no passphrase"}},
	"help": {
		{line: "help", sees: "Write a message and press"},
		{line: "help timer", sees: "Have messages disappear"},
	},
	"quit": {{line: "quit", holds: func(u *ui) bool { return u.quit }}},
}

func expiry(want time.Duration) func(u *ui) bool {
	return func(u *ui) bool { return contactOf(u.api, "Bob").Expiry == rpc.Duration(want) }
}

func TestEveryCommand(t *testing.T) {
	for _, c := range console.Commands() {
		lines := effects[c.Name]
		if len(lines) == 0 {
			t.Errorf("/%s is not tried", c.Name)
		}
		for _, e := range lines {
			t.Run(e.line, func(t *testing.T) {
				var change []func(*tui.Options)
				if e.with != nil {
					change = append(change, e.with)
				}
				in(t, 100, 34, town(t), func(u *ui) {
					talkTo(u, "Bob")
					if e.after != nil {
						e.after(u)
					}
					before := u.api.Calls(e.calls)
					command(u, e.line)
					if c.Name == "forget" && e.after != nil {
						u.press("y")
					}
					if e.sees != "" {
						u.sees(e.sees)
					}
					if e.calls != "" && u.api.Calls(e.calls) == before {
						t.Errorf("%s was not called", e.calls)
					}
					if e.holds != nil && !e.holds(u) {
						t.Errorf("not done:\n%s", u.screen())
					}
				}, change...)
			})
		}
	}
}

// A command can be typed as a message, too.
func TestCommandInComposer(t *testing.T) {
	in(t, 100, 34, town(t), func(u *ui) {
		talkTo(u, "Bob")
		u.typed("/status")
		u.press("enter")
		u.sees("version 0.4.9.11")
		u.press("esc")
		u.typed("/stauts now")
		u.press("enter")
		u.sees("did you mean /status?", "/stauts now")
		if n := u.api.Calls("Send"); n != 3 { // those of the village
			t.Errorf("%d messages were sent", n)
		}
	})
}

// A slash in an empty composer opens the command line.
func TestSlashOpensConsole(t *testing.T) {
	in(t, 100, 34, town(t), func(u *ui) {
		talkTo(u, "Bob")
		command(u, "mouse off")
		u.typed("/verif")
		u.sees("Compare safety numbers", "Tab complete")
		u.press("tab")
		u.sees("> /verify ")
		u.press("ctrl+u") // nothing is left of it
		u.misses("Tab complete")
		u.typed("/")
		u.press("up")
		u.sees("> /mouse off")
		u.press("esc", "ctrl+u")
		u.typed("/")
		u.press("esc")
		u.sees("Write a message")
		u.typed("either/or")
		u.misses("Tab complete")
		u.press("ctrl+u")
		u.typed("/ver")
		u.press("esc")
		u.sees("› /ver")
		u.press("tab") // of the composer
		u.sees("> /ver", "Compare safety numbers")
		u.typed("ify")
		u.press("enter")
		u.sees("Bob: not verified")
		u.press("esc")
		u.sees("Write a message")
	})
}

func TestConsoleCompletes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"letter one.txt", "letter two.txt", "other.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in(t, 100, 34, town(t), func(u *ui) {
		u.press("ctrl+p")
		u.typed("verif")
		u.press("tab")
		u.sees("/verify ", "Compare safety numbers")
		u.typed("ca")
		u.press("tab")
		u.sees("/verify Carol ")
		u.press("ctrl+u")
		u.typed("/file " + dir + "/let")
		u.sees("letter one.txt")
		u.press("tab")
		u.sees("letter ")
		u.press("tab", "tab")
		u.sees(`letter two.txt"`)
		u.misses("other.txt")
	})
}

func TestConsoleRemembers(t *testing.T) {
	in(t, 100, 34, town(t), func(u *ui) {
		command(u, "mouse off")
		command(u, "add "+theirs)
		u.press("esc", "ctrl+p", "backspace", "up")
		u.sees("> /mouse off")
		u.misses("onion3")
		u.press("down")
		u.misses("/mouse off")
	})
}

func TestHelpOfWhatIsTyped(t *testing.T) {
	in(t, 100, 34, town(t), func(u *ui) {
		u.press("ctrl+p")
		u.typed("expire ")
		u.press("f1")
		u.sees("Help: /expire")
	})
}

// Every key and command is in the help.
func TestHelpIsWhole(t *testing.T) {
	in(t, 100, 34, apitest.New, func(u *ui) {
		u.press("f1")
		var all strings.Builder
		for range 20 {
			all.WriteString(u.screen())
			u.press("pgdown")
		}
		for _, c := range console.Commands() {
			if !strings.Contains(all.String(), "/"+c.Name) {
				t.Errorf("/%s is not explained", c.Name)
			}
		}
		for _, want := range []string{"Ctrl+K", "Alt+1", "Keys at a safety number", "PgDn"} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%q is not in the help", want)
			}
		}
	})
}
