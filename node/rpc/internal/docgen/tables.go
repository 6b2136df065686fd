package main

import (
	"fmt"
	"maps"
	"strings"

	"github.com/onionwire/onionwire/node/rpc"
)

// tables makes the tables of the document.
type tables struct {
	*comments
	rpc.Description
	names map[string]string // of the protocol, by those of Go, wherever they are
}

func newTables(c *comments) *tables {
	t := &tables{comments: c, Description: rpc.Describe(), names: make(map[string]string)}
	for kind, name := range c.kinds {
		t.names[name] = kind
	}
	for _, all := range c.values {
		for _, v := range all {
			t.names[v.name] = v.text
		}
	}
	for _, g := range t.Groups {
		for _, m := range g.Methods {
			t.names[goName(m.Name)], t.names[m.Name] = m.Name, m.Name
		}
	}
	return t
}

// goName is that of a method of the API.
func goName(method string) string {
	switch method {
	case "subscribe":
		return "Events"
	case "ping": // that of the API is of a contact
		return "Client.Ping"
	case "ping_contact":
		return "Ping"
	}
	return camel(method)
}

// blocks are what is generated, by name.
func (t *tables) blocks() map[string]string {
	all := map[string]string{"objects": t.objects(), "values": t.texts(), "events": t.events(), "errors": t.errors()}
	for _, g := range t.Groups {
		all["methods: "+g.Name] = t.methods(g)
	}
	return all
}

func (t *tables) methods(g rpc.Group) string {
	out := newTable("method", "parameters", "result", "scopes", "one conversation", "what it does")
	for _, m := range g.Methods {
		var params []string
		names := maps.Clone(t.names)
		for i, p := range m.Params {
			params = append(params, p.Name+optional(p)+" "+p.Type)
			names[after(m.Go[i], ".")] = p.Name
		}
		text := fragment(m.Name, t.rows[m.Name], names)
		if text == "" {
			text = fragment(goName(m.Name), t.of["API."+goName(m.Name)], names)
		}
		for i, p := range m.Params {
			if said := fragment(m.Go[i], t.field(m.Go[i]), names); said != "" {
				text += fmt.Sprintf("<br>`%s`: %s", p.Name, said)
			}
		}
		scopes := strings.Join(m.Scopes.Names(), ", ")
		if scopes == "" {
			scopes = "any"
		}
		one := "no"
		if m.Conversation {
			one = "yes"
		}
		out.add("`"+m.Name+"`", strings.Join(params, ", "), strings.TrimPrefix(m.Result, "nothing"), scopes, one, text)
	}
	return out.String()
}

func (t *tables) objects() string {
	var out strings.Builder
	for _, o := range t.Objects {
		names := maps.Clone(t.names)
		for _, m := range o.Members {
			names[after(m.Go, ".")] = m.Name
		}
		fmt.Fprintf(&out, "### `%s`\n\n", o.Name)
		if about := fragment(o.Go, t.of[o.Go], names); about != "" {
			fmt.Fprintf(&out, "%s%s.\n\n", strings.ToUpper(about[:1]), strings.TrimSuffix(about[1:], "."))
		}
		rows := newTable("member", "type", "")
		for _, m := range o.Members {
			rows.add("`"+m.Name+"`"+optional(m.Param), m.Type, fragment(m.Go, t.of[m.Go], names))
		}
		out.WriteString(rows.String() + "\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// texts are the values of types of text that objects have.
func (t *tables) texts() string {
	out := newTable("type", "value", "")
	for _, o := range t.Objects {
		for _, m := range o.Members {
			of := camel(strings.ReplaceAll(m.Type, " ", "_"))
			if of == "EventKind" {
				continue // below
			}
			for i, v := range t.values[of] {
				name := ""
				if i == 0 {
					name = m.Type
				}
				out.add(name, "`"+v.text+"`", fragment(v.name, t.of[v.name], t.names))
			}
			delete(t.values, of)
		}
	}
	return out.String()
}

func (t *tables) events() string {
	names := make(map[string]string) // of constants
	for _, v := range t.values["EventKind"] {
		names[v.text] = v.name
	}
	out := newTable("kind", "what happened", "with")
	for _, e := range t.Events {
		name := names[string(e.Kind)]
		text := fragment(name, t.of[name], t.names)
		if e.Signal {
			text = "a signal: " + text
		}
		out.add("`"+string(e.Kind)+"`", text, strings.Join(e.With, ", "))
	}
	return out.String()
}

func (t *tables) errors() string {
	out := newTable("kind", "code", "when")
	for _, e := range t.Errors {
		out.add("`"+e.Kind+"`", fmt.Sprint(e.Code), fragment(t.kinds[e.Kind], t.of[t.kinds[e.Kind]], t.names))
	}
	return out.String()
}

// field returns the comment of a field, or if it has none that of what it updates.
func (t *tables) field(name string) string {
	if text := t.of[name]; text != "" {
		return text
	}
	return t.of[strings.Replace(name, "Update.", ".", 1)]
}

func optional(p rpc.Param) string {
	if p.Optional {
		return "?"
	}
	return ""
}

func after(s, sep string) string {
	_, s, _ = strings.Cut(s, sep)
	return s
}
