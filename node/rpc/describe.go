package rpc

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Description is what there is in the protocol: for its document, which is generated
// from it, and for programs that complete what somebody types.
type Description struct {
	Groups  []Group
	Objects []Object
	Events  []EventInfo
	Errors  []ErrorInfo
}

// Group is what methods are about.
type Group struct {
	Name    string
	Methods []MethodInfo
}

// MethodInfo is a method, with where its parameters are declared, in their order.
type MethodInfo struct {
	Method
	// Go are declarations, such as "AddOptions.Alias".
	Go []string
}

// Object is a type of results.
type Object struct {
	// Name is as in docs/rpc.md, Go that of the type.
	Name, Go string
	Members  []Member
}

// Member is what an object has.
type Member struct {
	Param
	// Go is its declaration, such as "Contact.Alias".
	Go string
}

// EventInfo is a kind of events.
type EventInfo struct {
	Kind EventKind
	// Signal is whether they are not kept.
	Signal bool
	// With are the members that they have beside cursor, happened and kind.
	With []string
}

// ErrorInfo is a kind of errors.
type ErrorInfo struct {
	Kind string
	Code int
}

// Describe returns it all, in the order of docs/rpc.md.
func Describe() Description {
	var d Description
	seen := objects{}
	for _, g := range groups {
		out := Group{Name: g.name}
		for _, m := range g.methods {
			info := MethodInfo{Method: m.Method}
			for _, f := range membersOf(m.params) {
				info.Go = append(info.Go, f.Go)
			}
			out.Methods = append(out.Methods, info)
			seen.add(m.result)
		}
		d.Groups = append(d.Groups, out)
	}
	seen.add(reflect.TypeFor[Event]())
	for _, o := range seen {
		d.Objects = append(d.Objects, o)
	}
	slices.SortFunc(d.Objects, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range events {
		d.Events = append(d.Events, EventInfo{Kind: e.kind, Signal: e.signal, With: strings.Fields(e.with)})
	}
	for _, k := range kinds {
		d.Errors = append(d.Errors, ErrorInfo{k.name, k.code})
	}
	return d
}

// objects are types of results, by their Go names.
type objects map[string]Object

// add adds a type, and those that its members have.
func (all objects) add(t reflect.Type) {
	switch {
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer:
		all.add(t.Elem())
		return
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[nothing]() || isValue(t):
		return
	}
	if _, known := all[t.Name()]; known {
		return
	}
	all[t.Name()] = Object{Name: typeName(t), Go: t.Name(), Members: membersOf(t)}
	for _, f := range fields(t) {
		all.add(f.Type)
	}
}

// isValue reports whether a type is something simple in JSON.
func isValue(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// membersOf describes the fields of a struct, and says where they are declared.
func membersOf(t reflect.Type) []Member {
	list := paramsOf(t)
	out := make([]Member, len(list))
	for i, f := range fields(t) {
		owner := t
		if n := len(f.Index); n > 1 {
			owner = t.FieldByIndex(f.Index[:n-1]).Type
		}
		out[i] = Member{Param: list[i], Go: owner.Name() + "." + f.Name}
	}
	return out
}

// event is a row of the table of events.
type event struct {
	kind   EventKind
	signal bool
	with   string
}

// events says what each kind comes with.
var events = []event{
	{kind: RequestReceived, with: "contact"},
	{kind: ContactChanged, with: "contact"},
	{kind: ContactDeleted, with: "contact"},
	{kind: MessageReceived, with: "contact conversation message"},
	{kind: MessageQueued, with: "conversation message"},
	{kind: MessageEdited, with: "conversation message"},
	{kind: MessageDeleted, with: "conversation message"},
	{kind: DeliveryChanged, with: "contact conversation message delivery"},
	{kind: ConversationRead, with: "conversation message"},
	{kind: TimerChanged, with: "conversation timer"},
	{kind: FileOffered, with: "contact conversation file"},
	{kind: FileChanged, with: "contact conversation file file_state"},
	{kind: ConversationChanged, with: "conversation"},
	{kind: SetBack, with: "contact conversation"},
	{kind: PresenceChanged, signal: true, with: "contact presence"},
	{kind: TypingHint, signal: true, with: "contact conversation"},
	{kind: FileProgress, signal: true, with: "file progress"},
	{kind: FileStalled, signal: true, with: "contact conversation file"},
	{kind: StatusChanged, signal: true},
}
