package tui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/qr"
)

func TestVerify(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		bob := contactOf(u.api, "Bob")
		number, err := u.api.SafetyNumber(ctx, bob.ID)
		if err != nil {
			t.Fatal(err)
		}
		verified := func(want bool) {
			t.Helper()
			if c := contactOf(u.api, "Bob"); c.Verified != want {
				t.Errorf("verified is %t", c.Verified)
			}
		}
		talkTo(u, "Bob")
		u.press("f7")
		u.sees(strings.Fields(number.Words)[0], strings.Fields(number.Digits)[0])
		u.typed("12345")
		u.press("enter")
		u.sees("Nothing was changed: a safety number has 60 digits")
		verified(false)
		u.press("ctrl+u")
		u.send(paste(number.Digits))
		u.press("enter")
		u.sees("The numbers are the same")
		verified(true)
		u.press("ctrl+d")
		u.sees("The numbers are different")
		verified(false)
		u.press("ctrl+s")
		verified(true)
		u.press("esc")
		u.misses("Verify a contact")
	})
}

// TestVerifyByImage: a picture of the code on the other side's screen is as good as the
// number, in the dialog and behind the command.
func TestVerifyByImage(t *testing.T) {
	in(t, 100, 30, town(t), func(u *ui) {
		bob := contactOf(u.api, "Bob")
		number, err := u.api.SafetyNumber(ctx, bob.ID)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		save := func(name, code string) string {
			image, err := qr.PNG(code)
			path := filepath.Join(dir, name)
			if err == nil {
				err = os.WriteFile(path, image, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			return path
		}
		good, other := save("good.png", number.Digits), save("other.png", "something else")
		text := filepath.Join(dir, "text")
		if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
		talkTo(u, "Bob")
		u.press("f7")
		for path, says := range map[string]string{
			filepath.Join(dir, "no such"): "there is no such file", text: "this is no image", other: "this is not all of theirs",
		} {
			u.press("ctrl+u")
			u.typed(path)
			u.press("enter")
			u.sees("Nothing was changed: ", says)
		}
		if contactOf(u.api, "Bob").Verified {
			t.Error("verified by nothing")
		}
		u.press("ctrl+u")
		u.typed(good)
		u.press("enter")
		u.sees("The numbers are the same")
		if !contactOf(u.api, "Bob").Verified {
			t.Error("not verified")
		}
		u.press("esc")
		command(u, "verify Bob "+other)
		u.sees("Nothing was changed: ")
		u.press("esc")
		command(u, "verify Bob "+good)
		u.sees("The numbers are the same")
	})
}
