package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

const (
	// runs is how often each command is run.
	runs = 50
	// warmUp is how often before, so that all of it is in the system's memory.
	warmUp = 5
)

// Goals.
const (
	maxStart     = 30 * time.Millisecond
	maxSend      = 30 * time.Millisecond
	maxSendAlone = 150 * time.Millisecond
)

// measureStart measures what every command takes at least.
func measureStart(ctx context.Context, b *bench) ([]report.Figure, error) {
	return b.commands(ctx, "`onionwire --version`, which only starts", maxStart, "--version")
}

// measureSendAlone measures a command that has to open the profile itself.
func measureSendAlone(ctx context.Context, b *bench) ([]report.Figure, error) {
	return b.commands(ctx, "`onionwire send` without a node", maxSendAlone, "send", "--profile", "default", "#1", "hello")
}

// measureSend measures a command that asks a node.
func measureSend(ctx context.Context, b *bench) (found []report.Figure, err error) {
	end, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	return b.commands(ctx, "`onionwire send` to a node that runs", maxSend, "send", "--profile", "default", "#1", "hello")
}

// commands measures a command from the start of its process to its end, as a script has
// it.
func (b *bench) commands(ctx context.Context, what string, limit time.Duration, args ...string) ([]report.Figure, error) {
	var took []time.Duration
	for i := range warmUp + runs {
		began := time.Now()
		if err := b.command(ctx, args...).Run(); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		if i >= warmUp {
			took = append(took, time.Since(began))
		}
	}
	return []report.Figure{within(what+", median", percentile(took, 50), limit)}, nil
}
