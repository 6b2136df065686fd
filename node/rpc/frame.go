package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// request is a request object (JSON-RPC 2.0, section 4).
type request struct {
	// id is as it came, or nil for a notification, which has no reply.
	id     json.RawMessage
	method string
	params json.RawMessage // nil if there are none
	// wrong is what is wrong with it, if it is none that can be answered
	// otherwise.
	wrong *Error
}

// reply is a response object (section 5).
type reply struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// notification is what the server sends unasked.
type notification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

const version = "2.0"

// null is the id of a reply to what has none that could be read.
var null = json.RawMessage("null")

// parse reads a line: a request, or a batch of them (section 6). If the error is not
// nil, it is the only reply.
func parse(line []byte) (requests []request, batch bool, err *Error) {
	if !utf8.Valid(line) || !json.Valid(line) {
		return nil, false, failure(codeParse, "this is no JSON", "one request is one line of JSON in UTF-8")
	}
	line = bytes.TrimLeft(line, " \t\r")
	if line[0] != '[' {
		return []request{parseOne(line)}, false, nil
	}
	list := json.NewDecoder(bytes.NewReader(line))
	_, _ = list.Token() // the bracket
	for list.More() {
		if len(requests) == MaxBatch {
			return nil, true, failure(codeRequest, fmt.Sprintf("a batch of more than %d requests", MaxBatch), "send them in several lines")
		}
		var one json.RawMessage
		if err := list.Decode(&one); err != nil {
			return nil, true, failure(codeParse, "this is no JSON", "")
		}
		requests = append(requests, parseOne(one))
	}
	if len(requests) == 0 {
		return nil, true, failure(codeRequest, "an empty batch", "")
	}
	return requests, true, nil
}

// parseOne reads a value, which is valid JSON.
func parseOne(value json.RawMessage) request {
	r := request{id: null}
	all, err := members(value)
	if err != nil {
		r.wrong = failure(codeRequest, "a request is an object with each member once", "")
		return r
	}
	id, answered := all["id"]
	if answered && !validID(id) {
		r.wrong = failure(codeRequest, fmt.Sprintf("an id is a string or a number, of %d bytes at most", maxID), "")
		return r
	}
	if answered {
		r.id = id
	}
	switch {
	case string(all["jsonrpc"]) != `"`+version+`"`:
		r.wrong = failure(codeRequest, `the member jsonrpc is not "2.0"`, "")
	case json.Unmarshal(all["method"], &r.method) != nil || r.method == "":
		r.wrong = failure(codeRequest, "the member method is not the name of a method", "")
	case all["params"] != nil && all["params"][0] != '{' && all["params"][0] != '[':
		r.wrong = failure(codeRequest, "the member params is not an object", "")
	}
	for name := range all {
		switch name {
		case "jsonrpc", "id", "method", "params":
		default:
			r.wrong = failure(codeRequest, "a request has the members jsonrpc, id, method and params", "")
		}
	}
	r.params = all["params"]
	// What is no request is no notification either: its sender is told.
	if r.wrong == nil && !answered {
		r.id = nil
	}
	return r
}

func validID(id json.RawMessage) bool {
	switch id[0] {
	case '{', '[', 't', 'f':
		return false
	}
	return len(id) <= maxID
}

var errNotObject = errors.New("not an object")

// members splits an object, which is valid JSON. Package json would take the last of
// several members of one name, and names in any case.
func members(object json.RawMessage) (map[string]json.RawMessage, error) {
	if len(object) == 0 || object[0] != '{' {
		return nil, errNotObject
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	all := make(map[string]json.RawMessage)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if _, double := all[name]; double {
			return nil, errors.New("a member is there twice")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		all[name] = value
	}
	return all, nil
}

// encode returns v as a line.
func encode(v any) ([]byte, error) {
	var line bytes.Buffer
	e := json.NewEncoder(&line)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return line.Bytes(), nil
}
