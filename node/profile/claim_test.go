package profile_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
)

func TestOneNodeAtATime(t *testing.T) {
	p := create(t, t.TempDir(), "alice")
	release, err := p.Claim()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Claim(); !errors.Is(err, profile.ErrClaimed) {
		t.Errorf("a second claim gives %v", err)
	}
	release()
	again, err := p.Claim()
	if err != nil {
		t.Fatal(err)
	}
	release() // a second time, which is not about the other claim
	if _, err := p.Claim(); !errors.Is(err, profile.ErrClaimed) {
		t.Errorf("a claim beside another gives %v", err)
	}
	again()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Claim(); !errors.Is(err, profile.ErrClosed) {
		t.Errorf("a claim of a closed profile gives %v", err)
	}
}
