package token

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ErrDamaged means that a value is no list of records.
var ErrDamaged = errors.New("list of tokens is damaged")

// Value is a place for some bytes, such as a setting of a profile.
type Value interface {
	// Load returns what was saved last, or nothing if that never happened.
	Load(ctx context.Context) ([]byte, error)
	// Save replaces it. It is kept when Save returns.
	Save(ctx context.Context, value []byte) error
}

// InValue returns a store that keeps all records in one value, which it alone uses.
// That is for some hundreds.
func InValue(v Value) Store { return &inValue{value: v} }

type inValue struct {
	mu    sync.Mutex
	value Value
}

func (s *inValue) Get(ctx context.Context, id ID) (Record, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Record{}, err
	}
	i := place(all, id)
	if i < 0 {
		return Record{}, ErrUnknown
	}
	return all[i], nil
}

func (s *inValue) Put(ctx context.Context, r Record) error {
	return s.change(ctx, func(all []Record) ([]Record, error) {
		if i := place(all, r.ID); i >= 0 {
			all[i] = r
			return all, nil
		}
		return append(all, r), nil
	})
}

func (s *inValue) Delete(ctx context.Context, id ID) error {
	return s.change(ctx, func(all []Record) ([]Record, error) {
		i := place(all, id)
		if i < 0 {
			return nil, ErrUnknown
		}
		return slices.Delete(all, i, i+1), nil
	})
}

func (s *inValue) List(ctx context.Context) ([]Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx)
}

func (s *inValue) change(ctx context.Context, f func([]Record) ([]Record, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.load(ctx)
	if err != nil {
		return err
	}
	if all, err = f(all); err != nil {
		return err
	}
	value, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return s.value.Save(ctx, value)
}

// load reads the list. A record that it cannot make sense of is not passed over: it
// may be one that somebody believes to be dropped.
func (s *inValue) load(ctx context.Context) ([]Record, error) {
	value, err := s.value.Load(ctx)
	if err != nil || len(value) == 0 {
		return nil, err
	}
	var all []Record
	d := json.NewDecoder(bytes.NewReader(value))
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil || d.More() {
		return nil, ErrDamaged
	}
	for _, r := range all {
		if r.ID.Check() != nil || r.Check() != nil {
			return nil, fmt.Errorf("%w: a record is invalid", ErrDamaged)
		}
	}
	return all, nil
}

func place(all []Record, id ID) int {
	return slices.IndexFunc(all, func(r Record) bool { return r.ID == id })
}
