// Package sdnotify tells a service manager how a service is doing, by the protocol of
// sd_notify(3), which is systemd's: when it is ready, a line about what it does, that it
// is about to end, and, for the watchdog, that it is alive.
package sdnotify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	socketVariable   = "NOTIFY_SOCKET"
	intervalVariable = "WATCHDOG_USEC"
	pidVariable      = "WATCHDOG_PID"

	// pollInterval is how often Follow asks for the status. A watchdog that waits for
	// less is told more often.
	pollInterval = 10 * time.Second
	// minInterval bounds that: the shortest watchdog that makes sense waits for a second.
	minInterval = 250 * time.Millisecond
	// maxStatus is the longest status, in bytes: more does not fit into a line.
	maxStatus = 200
)

// Manager is the service manager that has started this process. A nil Manager is none:
// its methods do nothing. They may be called concurrently.
type Manager struct {
	address  *net.UnixAddr
	watchdog time.Duration // 0 is none
}

// Take returns the manager that the environment names, or nil if there is none, and
// removes it from the environment: processes that this one starts are not the service.
// tor, for one, would say that it is ready.
func Take() (*Manager, error) {
	path, micros, pid := os.Getenv(socketVariable), os.Getenv(intervalVariable), os.Getenv(pidVariable)
	for _, v := range []string{socketVariable, intervalVariable, pidVariable} {
		if err := os.Unsetenv(v); err != nil {
			return nil, err
		}
	}
	if path == "" {
		return nil, nil
	}
	if path[0] != '/' && path[0] != '@' {
		return nil, fmt.Errorf("%s names no unix socket", socketVariable)
	}
	m := &Manager{address: &net.UnixAddr{Name: path, Net: "unixgram"}}
	if micros != "" && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n, err := strconv.ParseInt(micros, 10, 64)
		if err != nil || n <= 0 || n > time.Duration(1<<63-1).Microseconds() {
			return nil, fmt.Errorf("%s is no time", intervalVariable)
		}
		m.watchdog = time.Duration(n) * time.Microsecond
	}
	return m, nil
}

// Ready says that the service can be used.
func (m *Manager) Ready() error { return m.send("READY=1") }

// Stopping says that the service is about to end.
func (m *Manager) Stopping() error { return m.send("STOPPING=1") }

// Status says in a line how the service is doing, for people.
func (m *Manager) Status(text string) error { return m.send("STATUS=" + line(text)) }

// Follow asks for the status again and again until ctx ends, and passes it on when it is
// another one. Whenever there is an answer, the watchdog is told that the service is
// alive: it is the answer that shows it, so status must go the way that a user's call
// goes. An error is none. What cannot be told is lost; that is no reason to end.
func (m *Manager) Follow(ctx context.Context, status func(context.Context) (string, error)) {
	if m == nil {
		return
	}
	interval := pollInterval
	if m.watchdog > 0 {
		interval = max(minInterval, min(interval, m.watchdog/3))
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	before := ""
	for {
		if text, err := ask(ctx, max(interval, time.Second), status); err == nil {
			if m.watchdog > 0 {
				_ = m.send("WATCHDOG=1")
			}
			if text != before && m.Status(text) == nil {
				before = text
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// ask waits for an answer, but not for ever.
func ask(ctx context.Context, limit time.Duration, status func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return status(ctx)
}

func (m *Manager) send(assignment string) (err error) {
	if m == nil {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, m.address)
	if err != nil {
		return fmt.Errorf("tell the service manager: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	_, err = conn.Write([]byte(assignment + "\n"))
	return err
}

// line makes one line of a text: a second one would be another assignment.
func line(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxStatus {
		text = strings.ToValidUTF8(text[:maxStatus], "")
	}
	return text
}
