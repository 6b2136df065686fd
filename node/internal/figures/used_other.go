//go:build !unix

package main

import (
	"errors"
	"time"
)

// used is how much time of the processor the process has had.
func used() (time.Duration, error) {
	return 0, errors.New("it is not known here how much of the processor a process has had")
}
