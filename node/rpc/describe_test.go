package rpc_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// What is described is what there is.
func TestDescription(t *testing.T) {
	d := rpc.Describe()
	all := make(map[string]rpc.Method)
	for _, g := range d.Groups {
		for _, m := range g.Methods {
			all[m.Name] = m.Method
			if len(m.Go) != len(m.Params) {
				t.Errorf("%s has %d parameters that are declared in %q", m.Name, len(m.Params), m.Go)
			}
		}
	}
	for _, m := range listed(t) {
		if !reflect.DeepEqual(all[m.Name], m) {
			t.Errorf("%s is described as %+v, want %+v", m.Name, all[m.Name], m)
		}
		delete(all, m.Name)
	}
	for name := range all {
		t.Errorf("there is no method %s", name)
	}

	kinds := make(map[string]int)
	for _, e := range d.Errors {
		kinds[e.Kind] = e.Code
	}
	if want := rpc.ErrorKinds(); !maps.Equal(kinds, want) {
		t.Errorf("errors are %v, want %v", kinds, want)
	}
}

// Every result has a description, and with it the types of all its members.
func TestDescriptionOfObjects(t *testing.T) {
	known := map[string]bool{
		"": true, "string": true, "boolean": true, "number": true, "seconds": true, "time": true, "hex": true, "scope": true, "nothing": true, "number or string": true,
		"contact state": true, "conversation kind": true, "delivery state": true, "file state": true, "presence state": true,
		"trouble": true, "event kind": true,
	}
	d := rpc.Describe()
	for _, o := range d.Objects {
		known[o.Name] = true
	}
	for _, name := range slices.Collect(maps.Keys(known)) {
		known["list of "+rpc.Plural(name)] = true
	}
	check := func(of, name string) {
		t.Helper()
		if !known[name] {
			t.Errorf("%s has the type %q, which is described nowhere", of, name)
		}
	}
	for _, g := range d.Groups {
		for _, m := range g.Methods {
			check(m.Name, m.Result)
		}
	}
	for _, o := range d.Objects {
		for _, m := range o.Members {
			check(o.Name+"."+m.Name, m.Type)
		}
	}
}

// Every kind of events is described, with members that an event has.
func TestDescriptionOfEvents(t *testing.T) {
	d := rpc.Describe()
	var want []rpc.EventKind
	for k := ledger.RequestReceived; rpc.EventKindName(k) != ""; k++ {
		want = append(want, rpc.EventKindName(k))
	}
	want = append(want, rpc.PresenceChanged, rpc.TypingHint, rpc.FileProgress, rpc.FileStalled, rpc.StatusChanged)
	i := slices.IndexFunc(d.Objects, func(o rpc.Object) bool { return o.Name == "event" })
	var members []string
	for _, m := range d.Objects[i].Members {
		members = append(members, m.Name)
	}
	var got []rpc.EventKind
	for _, e := range d.Events {
		got = append(got, e.Kind)
		for _, name := range e.With {
			if !slices.Contains(members, name) {
				t.Errorf("%s comes with %s, which events do not have", e.Kind, name)
			}
		}
		if kept := slices.Index(want, e.Kind) < len(want)-5; kept == e.Signal {
			t.Errorf("%s is described as a signal (%t)", e.Kind, e.Signal)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("events are %q, want %q", got, want)
	}
}
