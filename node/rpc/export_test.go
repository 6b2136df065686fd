package rpc

import "encoding/json"

// ParseLine parses a line, and returns the names of its methods.
func ParseLine(line []byte) (names []string, err error) {
	requests, _, wrong := parse(line)
	if wrong != nil {
		return nil, wrong
	}
	for _, r := range requests {
		if r.wrong != nil {
			return nil, r.wrong
		}
		names = append(names, r.method)
	}
	return names, nil
}

// DecodeParams reads parameters as each method does, and returns the names of those
// that take them, with what they are then.
func DecodeParams(raw json.RawMessage) map[string]any {
	took := make(map[string]any)
	for name, to := range map[string]any{
		"contact": &contactParam{}, "send": &sendParams{}, "messages": &messagesParams{},
		"update_contact": &updateContactParams{}, "set_settings": &SettingsUpdate{}, "new_invite": &InviteOptions{},
		"drop_invite": &inviteParam{}, "new_token": &newTokenParams{}, "subscribe": &subscribeParams{},
	} {
		if decode(raw, to) == nil {
			took[name] = to
		}
	}
	return took
}

// ErrorKinds are the codes of errors, by their kinds.
func ErrorKinds() map[string]int {
	all := make(map[string]int)
	for _, k := range kinds {
		all[k.name] = k.code
	}
	return all
}

// Plural is that of the name of a type.
func Plural(name string) string { return plural(name) }
