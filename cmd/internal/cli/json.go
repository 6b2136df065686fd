package cli

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// codes name the exit statuses that all programs have.
var codes = map[int]string{
	ExitFailure:     "failed",
	ExitUsage:       "usage",
	ExitInterrupted: "interrupted",
}

// Failure is an error as programs get it, in a line of JSON on standard error.
type Failure struct {
	// Code names the exit status.
	Code string `json:"code"`
	// Message says what is wrong, Hint what to do about it, both for people.
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// reportJSON tells an error as an object {"error": …}.
func (p Program) reportJSON(w io.Writer, err error) int {
	if err == nil {
		return ExitOK
	}
	status := ExitInterrupted
	f := Failure{Message: oneLine(err.Error())}
	if !errors.Is(err, ErrInterrupted) {
		status, f.Hint = p.status(err), p.HintFor(err)
	}
	if f.Code = codes[status]; f.Code == "" {
		f.Code = p.Codes[status]
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(map[string]Failure{"error": f}) // nobody is there to be told
	return status
}

// wantsJSON looks for the flag --json among the arguments: what is wrong with the
// command line is told as asked for, too, though it was not read to its end.
func wantsJSON(args []string) (wants bool) {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--json"); ok {
			on, err := strconv.ParseBool(strings.TrimPrefix(value, "="))
			switch {
			case value == "":
				wants = true
			case value[0] == '=' && err == nil:
				wants = on
			}
		}
	}
	return wants
}
