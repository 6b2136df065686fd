package rpc

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/onionwire/onionwire/node/rpc/token"
)

// Param is a parameter of a method.
type Param struct {
	Name string `json:"name"`
	// Type is as in docs/rpc.md.
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
}

// typeNames are what types are called in docs/rpc.md, unless they are called by
// their kind, or by the words of their Go name.
var typeNames = map[reflect.Type]string{
	reflect.TypeFor[Duration]():    "seconds",
	reflect.TypeFor[InviteToken](): "hex",
	reflect.TypeFor[MessageID]():   "hex",
	reflect.TypeFor[Hash]():        "hex",
	reflect.TypeFor[token.Scope](): "list of scopes",
	reflect.TypeFor[token.ID]():    "hex",
	reflect.TypeFor[Revealed]():    "string",
	reflect.TypeFor[RequestID]():   "number or string",
}

// typeName returns what values of t are called.
func typeName(t reflect.Type) string {
	switch name, ok := typeNames[t]; {
	case ok:
		return name
	case t.Kind() == reflect.Pointer:
		return typeName(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + plural(typeName(t.Elem()))
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		return "number"
	default:
		return words(t.Name())
	}
}

func plural(name string) string {
	if stem, ok := strings.CutSuffix(name, "y"); ok {
		return stem + "ies"
	}
	if strings.HasSuffix(name, "s") {
		return name + "es"
	}
	return name + "s"
}

// words are those of a Go name, in lower case.
func words(name string) string {
	var out strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			out.WriteByte(' ')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// paramsOf describes the fields of a struct.
func paramsOf(t reflect.Type) []Param {
	list := []Param{}
	for _, f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = append(list, Param{Name: name, Type: typeName(f.Type), Optional: options != ""})
	}
	return list
}

// fields are those of a struct and of the structs that it embeds.
func fields(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous })
}

// decode reads parameters by name into the struct that to points to. Nothing that is
// left out, too much, double or null passes.
func decode(raw json.RawMessage, to any) *Error {
	v := reflect.ValueOf(to).Elem()
	wanted := paramsOf(v.Type())
	if raw == nil {
		raw = json.RawMessage("{}")
	}
	all, err := members(raw)
	if err != nil {
		return failure(codeParams, "the parameters are not an object with each member once", usage(wanted))
	}
	for i, f := range fields(v.Type()) {
		p := wanted[i]
		value, given := all[p.Name]
		delete(all, p.Name)
		if !given {
			if p.Optional {
				continue
			}
			return failure(codeParams, fmt.Sprintf("the parameter %s is missing", p.Name), usage(wanted))
		}
		if string(value) == "null" || json.Unmarshal(value, v.FieldByIndex(f.Index).Addr().Interface()) != nil {
			return failure(codeParams, fmt.Sprintf("the parameter %s is not a value of type %s", p.Name, p.Type), usage(wanted))
		}
	}
	if len(all) != 0 { // its name is not repeated: it could be a value, such as a token
		return failure(codeParams, "there is a parameter that the method does not have", usage(wanted))
	}
	return nil
}

// usage is a hint.
func usage(list []Param) string {
	if len(list) == 0 {
		return "the method has no parameters"
	}
	var names []string
	for _, p := range list {
		name := p.Name
		if p.Optional {
			name += "?"
		}
		names = append(names, name)
	}
	return "the method has the parameters " + strings.Join(names, ", ")
}
