package output_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
)

// hostile is what somebody could call himself.
const hostile = "a\x1b[2Jb\u009b31mc\u202ed\u200be\nf\x7f<&>\U000e0041é"

func TestObject(t *testing.T) {
	var b strings.Builder
	w := output.Writer{Out: &b, JSON: true}
	if err := w.Show(map[string]string{"name": hostile}, "never"); err != nil {
		t.Fatal(err)
	}
	want := `{"name":"a\u001b[2Jb\u009b31mc\u202ed\u200be\nf\u007f<&>\udb40\udc41é"}` + "\n"
	if b.String() != want {
		t.Errorf("written as\n%swant\n%s", b.String(), want)
	}
	var back map[string]string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back["name"] != hostile {
		t.Errorf("read again as %q, %v", back["name"], err)
	}
	if err := w.Object(make(chan int)); err == nil {
		t.Error("a channel has a form in JSON")
	}
}

// TestVisible: what somebody else has written moves no cursor, and hides nothing.
func TestVisible(t *testing.T) {
	var b strings.Builder
	w := output.Writer{Out: &b}
	if err := w.Show(nil, "%s is there", output.Line(hostile)); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u009b\u202e\u200b\x7f") || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("shown as %q", b.String())
	}
	if got := output.Text("one\ntwo"); got != "one\n  two" {
		t.Errorf("two lines are shown as %q", got)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	err := output.Table(&b, []string{"1", "Alice", "here"}, []string{"12", "日本", ""}, []string{"3", "Zoë\n", "away"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "1   Alice  here\n12  日本\n3   Zoë␊   away\n"; b.String() != want {
		t.Errorf("written as\n%swant\n%s", b.String(), want)
	}
	if err := output.Table(broken{}, []string{"x"}); err == nil {
		t.Error("nobody hears of a table that cannot be written")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func FuzzObject(f *testing.F) {
	f.Add(hostile)
	f.Add("\xff\xc2")
	f.Fuzz(func(t *testing.T, s string) {
		var b strings.Builder
		if err := (output.Writer{Out: &b}).Object(s); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back != strings.ToValidUTF8(s, "\ufffd") && strings.ToValidUTF8(s, "") == s {
			t.Errorf("%q is read again as %q, %v", s, back, err)
		}
		if line := strings.TrimSuffix(b.String(), "\n"); strings.ContainsAny(line, "\x1b\n\r\u009b\u202e\x7f") {
			t.Errorf("%q is written as %q", s, line)
		}
	})
}
