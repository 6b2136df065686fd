// Package settings is what can be set of a profile, in the words of people: what each of it
// is called, what it is, and what they type to change it. What can be set of the program is
// in package config.
//
// The package is pure, but for [Path] and [Mute]. Everything in it may be used concurrently.
package settings

import (
	"strconv"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
)

// Setting is something that can be set.
type Setting struct {
	// Name is what commands call it, Label what it is called in a list, Value what it is,
	// and Doc what it is for.
	Name, Label, Value, Doc string
	// Choices are the values that there are, if they are words of a list.
	Choices []string
	// Change is how it becomes what somebody has typed. The error is for people.
	Change func(typed string) (rpc.SettingsUpdate, error)
}

var onOff = []string{"true", "false"}

// All are all settings of a profile.
func All(s rpc.Settings) []Setting {
	return []Setting{
		{
			Name: "name", Label: "your name", Value: s.Name, Doc: "What contacts are told to call you. It proves nothing.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				if v == "" {
					return rpc.SettingsUpdate{Name: &v}, nil
				}
				return rpc.SettingsUpdate{Name: &v}, contactlink.CheckName(v)
			},
		},
		{
			Name: "read_receipts", Label: "read receipts", Value: strconv.FormatBool(s.ReadReceipts), Choices: onOff,
			Doc: "Whether contacts are told that you have read their messages.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				on, err := parseSwitch(v)
				return rpc.SettingsUpdate{ReadReceipts: &on}, err
			},
		},
		{
			Name: "typing_hints", Label: "typing hints", Value: strconv.FormatBool(s.TypingHints), Choices: onOff,
			Doc: "Whether contacts are told that you are typing.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				on, err := parseSwitch(v)
				return rpc.SettingsUpdate{TypingHints: &on}, err
			},
		},
		{
			Name: "expiry", Label: "give up on sending", Value: duration.Format(time.Duration(s.Expiry)),
			Doc: "How long a message may wait to be delivered, such as 7d, or never.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				d, err := duration.Parse(v)
				expiry := rpc.Duration(max(d, 0))
				return rpc.SettingsUpdate{Expiry: &expiry}, err
			},
		},
		{
			Name: "auto_accept", Label: "take files up to", Value: wording.Bytes(s.AutoAccept),
			Doc: "Up to which size, such as 5M, files of verified contacts are accepted without asking; 0 is never.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				size, err := parseSize(v)
				return rpc.SettingsUpdate{AutoAccept: &size}, err
			},
		},
		{
			Name: "download_folder", Label: "folder for files", Value: s.Downloads, Doc: "Where accepted files are put.",
			Change: func(v string) (rpc.SettingsUpdate, error) {
				path, err := Path(v)
				return rpc.SettingsUpdate{Downloads: &path}, err
			},
		},
	}
}
