package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
)

// abandon is the method that ends another request of the same connection.
const abandon = "abandon"

// RequestID is the id of a request, as its sender has written it.
type RequestID string

// MarshalJSON writes it as it was.
func (id RequestID) MarshalJSON() ([]byte, error) { return json.RawMessage(id), nil }

// UnmarshalJSON takes a string or a number.
func (id *RequestID) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || string(b) == "null" || !validID(b) {
		return errors.New("an id is a string or a number")
	}
	*id = RequestID(b)
	return nil
}

// flight are the requests of a connection that are not answered.
type flight struct {
	mu   sync.Mutex
	ends map[RequestID]*context.CancelFunc // of those that have an id
}

// add takes note of the requests of a line, which have a context together, until the
// function is called that it returns. Of two with the same id it knows the second.
func (f *flight) add(requests []request, end context.CancelFunc) (remove func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ends == nil {
		f.ends = make(map[RequestID]*context.CancelFunc)
	}
	for _, r := range requests {
		if r.id != nil {
			f.ends[RequestID(r.id)] = &end
		}
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, r := range requests {
			if f.ends[RequestID(r.id)] == &end {
				delete(f.ends, RequestID(r.id))
			}
		}
	}
}

// end ends a request, if it is not over.
func (f *flight) end(id RequestID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if end := f.ends[id]; end != nil {
		(*end)()
	}
}
