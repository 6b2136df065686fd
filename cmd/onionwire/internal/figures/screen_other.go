//go:build !linux

package main

import (
	"context"

	"github.com/onionwire/onionwire/internal/report"
)

// measureInterface measures nothing: there are terminals for it on Linux only.
func measureInterface(context.Context, *bench) ([]report.Figure, error) { return nil, nil }
