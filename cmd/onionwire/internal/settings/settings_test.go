package settings_test

import (
	"reflect"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/node/rpc"
)

// TestAll: whatever a profile can be set to can be typed, and nothing else is changed.
func TestAll(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	all := settings.All(rpc.Settings{Name: "Alice", Expiry: rpc.Seconds(86400), AutoAccept: 5 << 20, Downloads: "/files"})
	if fields := reflect.TypeFor[rpc.Settings]().NumField(); len(all) != fields {
		t.Errorf("%d settings, want %d", len(all), fields)
	}
	wantValues := []string{"Alice", "false", "false", "1 day", "5.0 MiB", "/files"}
	for i, typed := range []string{"Bob", "On", "yes", "7d", "5M", "~/here"} {
		s := all[i]
		if s.Value != wantValues[i] || s.Doc == "" || s.Label == "" {
			t.Errorf("%s is shown as %q, want %q", s.Name, s.Value, wantValues[i])
		}
		change, err := s.Change(typed)
		if err != nil {
			t.Errorf("%s %q: %v", s.Name, typed, err)
		}
		set := 0
		for v := reflect.ValueOf(change); set < v.NumField() && v.Field(set).IsNil(); set++ {
		}
		if set != i {
			t.Errorf("%s changes field %d, want %d", s.Name, set, i)
		}
	}
	if change, _ := all[5].Change("~/here"); *change.Downloads != "/home/me/here" {
		t.Errorf("~/here is %q", *change.Downloads)
	}
	for i, wrong := range []string{"a\nb", "perhaps", "", "soon", "a lot", " "} {
		if _, err := all[i].Change(wrong); err == nil {
			t.Errorf("%s can be %q", all[i].Name, wrong)
		}
	}
	if _, err := all[0].Change(""); err != nil {
		t.Errorf("nobody has to have a name: %v", err)
	}
}

func TestSizes(t *testing.T) {
	accept := settings.All(rpc.Settings{})[4]
	for typed, want := range map[string]int64{"0": 0, "12": 12, "5k": 5 << 10, "5 MB": 5 << 20, "5MiB": 5 << 20, "1G": 1 << 30, "7B": 7} {
		if change, err := accept.Change(typed); err != nil || *change.AutoAccept != want {
			t.Errorf("%q is %d bytes, %v, want %d", typed, *change.AutoAccept, err, want)
		}
	}
	for _, wrong := range []string{"-1", "5T", "M", "9999999999G", "1.5M", "0x10", ""} {
		if _, err := accept.Change(wrong); err == nil {
			t.Errorf("%q is a size", wrong)
		}
	}
}

// TestMute: who is muted is so in both places, and afterwards in neither.
func TestMute(t *testing.T) {
	api := apitest.New()
	defer api.Close()
	id, conversation := api.Befriend("Bob")
	for _, on := range []bool{true, false} {
		c, err := api.Contact(t.Context(), id)
		if err == nil {
			err = settings.Mute(t.Context(), api, c, on)
		}
		if err != nil {
			t.Fatal(err)
		}
		c, _ = api.Contact(t.Context(), id)
		with, _ := api.Conversation(t.Context(), conversation)
		if c.Muted != on || with.Muted != on {
			t.Errorf("the contact is muted: %t, the conversation: %t, want %t", c.Muted, with.Muted, on)
		}
	}
}
