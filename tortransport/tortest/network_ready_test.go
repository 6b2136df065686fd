package tortest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

const consensus = `network-status-version 3
known-flags Exit Guard
r relay1 SztEsqe6bcgO439X8uJEAImRrJc digest 2026-01-01 00:00:00 127.0.0.1 5001 0
s Exit Guard Running
v Tor 0.4.9.11
r authority 9eFhJBJmYzyUO3kq sign 2026-01-01 00:00:00 127.0.0.1 5000 7000
s
r relay2
s HSDir
directory-footer
`

func TestParseConsensus(t *testing.T) {
	got, err := tortest.ParseConsensus(strings.NewReader(consensus))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"relay1": {"Exit", "Guard", "Running"}, "relay2": {"HSDir"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzParseConsensus(f *testing.F) {
	f.Add(consensus)
	f.Add("s Exit\nr\nr a\ns b\n")
	f.Add(strings.Repeat("r ", 1<<17))
	f.Fuzz(func(t *testing.T, s string) {
		relays, err := tortest.ParseConsensus(strings.NewReader(s))
		if err != nil {
			return
		}
		for name, flags := range relays {
			if name == "" || len(flags) == 0 {
				t.Errorf("relay %q with flags %q", name, flags)
			}
		}
	})
}
