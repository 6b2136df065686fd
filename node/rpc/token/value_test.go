package token_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc/token"
)

// memory is a value that can fail.
type memory struct {
	value []byte
	err   error
}

func (m *memory) Load(context.Context) ([]byte, error) { return m.value, m.err }

func (m *memory) Save(_ context.Context, value []byte) error {
	if m.err == nil {
		m.value = bytes.Clone(value)
	}
	return m.err
}

func record(s token.Secret) token.Record {
	return token.Record{ID: s.ID(), Hash: s.Hash(), Scope: token.Read, Added: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func TestInValue(t *testing.T) {
	var m memory
	s := token.InValue(&m)
	one, two := record(token.New()), record(token.New())
	if all, err := s.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d records in the beginning (%v)", len(all), err)
	}
	for _, r := range []token.Record{one, two, one} {
		if err := s.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	s = token.InValue(&m) // as after a restart
	if all, err := s.List(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("%d records (%v), want 2", len(all), err)
	}
	if got, err := s.Get(t.Context(), two.ID); err != nil || got != two {
		t.Errorf("record is %+v (%v), want %+v", got, err, two)
	}
	if err := s.Delete(t.Context(), one.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), one.ID); !errors.Is(err, token.ErrUnknown) {
		t.Errorf("error is %v, want ErrUnknown", err)
	}
	if err := s.Delete(t.Context(), one.ID); !errors.Is(err, token.ErrUnknown) {
		t.Errorf("error is %v, want ErrUnknown", err)
	}
	m.err = errors.New("the disk is full")
	if err := s.Put(t.Context(), one); !errors.Is(err, m.err) {
		t.Errorf("error is %v, want that of the value", err)
	}
	if _, err := s.Get(t.Context(), two.ID); !errors.Is(err, m.err) {
		t.Errorf("error is %v, want that of the value", err)
	}
}

func TestInValueConcurrently(t *testing.T) {
	s := token.InValue(&memory{})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := s.Put(t.Context(), record(token.New())); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := s.List(t.Context()); err != nil || len(all) != 20 {
		t.Errorf("%d records (%v), want 20", len(all), err)
	}
}

func TestDamagedValue(t *testing.T) {
	for _, value := range []string{`{}`, `[`, `[{"id":"x"}]`, `[] []`, `[{"unknown":1}]`, `[{}]`, `null,`} {
		s := token.InValue(&memory{value: []byte(value)})
		if _, err := s.List(t.Context()); !errors.Is(err, token.ErrDamaged) {
			t.Errorf("error for %s is %v, want ErrDamaged", value, err)
		}
		if err := s.Put(t.Context(), record(token.New())); !errors.Is(err, token.ErrDamaged) {
			t.Errorf("%s is overwritten (%v)", value, err)
		}
	}
}

// Whatever is read is written as it was.
func FuzzValue(f *testing.F) {
	var m memory
	if err := token.InValue(&m).Put(context.Background(), record(token.New())); err != nil {
		f.Fatal(err)
	}
	f.Add(m.value)
	f.Add([]byte(`[]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[{"id":"00000000000000000000000000000000","scopes":["read"]}]`))
	f.Fuzz(func(t *testing.T, value []byte) {
		m := &memory{value: value}
		s := token.InValue(m)
		first, err := s.List(t.Context())
		if err != nil {
			return
		}
		extra := record(token.New())
		if s.Put(t.Context(), extra) != nil {
			return // such as a time that JSON does not have
		}
		second, err := s.List(t.Context())
		if err != nil || len(second) != len(first)+1 {
			t.Errorf("%d records become %d (%v)", len(first), len(second), err)
		}
	})
}
