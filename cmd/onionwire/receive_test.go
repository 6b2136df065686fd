package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/apitest"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
)

// TestReceiveTellsOfAnOlderCopy: scripts get the event, people a note that no contact can
// have written.
func TestReceiveTellsOfAnOlderCopy(t *testing.T) {
	for _, json := range []bool{true, false} {
		f := apitest.New()
		mallory, talk := f.Befriend("Mal\x1blory")
		var out, notes bytes.Buffer
		s := &session{
			Session: &access.Session{API: f}, stdio: stdio{err: &notes}, out: output.Writer{Out: &out, JSON: json},
		}
		status, err := f.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.SetBack(mallory)
		f.Receive(talk, "hello")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := newReception(s, &receiveOptions{count: 1})
		if err := r.follow(ctx, status.Cursor); !errors.Is(err, errEnough) {
			t.Fatalf("it ends with %v", err)
		}
		told, want := out.String(), `"kind":"set_back","contact":1,"conversation":1,"name":"Mal\u001blory","explanation":"Mal␛lory has had`
		if !json {
			told, want = notes.String(), "Mal␛lory has had messages"
		}
		if first, _, _ := strings.Cut(told, "\n"); !strings.Contains(first, want) {
			t.Errorf("told as %q, want %q in it", first, want)
		}
		if strings.Contains(out.String(), "has had") != json {
			t.Errorf("printed with messages: %q", out.String())
		}
	}
}
