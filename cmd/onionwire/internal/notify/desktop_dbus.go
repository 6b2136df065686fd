//go:build !darwin && !windows

package notify

import (
	"context"
	"fmt"
	"html"
	"os"
	"slices"

	"github.com/godbus/dbus/v5"
)

// Names of the Desktop Notifications Specification, version 1.2.
const (
	service = "org.freedesktop.Notifications"
	path    = "/org/freedesktop/Notifications"
)

// Desktop shows a notice as a notification of the desktop. It speaks to the session bus
// itself: the arguments of a program that does could be read by every user of this
// machine. It returns soon after ctx ends. The error matches ErrUnavailable if there is
// no desktop.
func Desktop(ctx context.Context, n Notice) error {
	// Without the variable the library would look at places where the bus of another
	// session can be.
	address := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if address == "" {
		return ErrUnavailable
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // closes the connection as well
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: the session bus does not answer", ErrUnavailable)
	}
	defer conn.Close()
	desktop := conn.Object(service, path)
	var capabilities []string
	if err := desktop.CallWithContext(ctx, service+".GetCapabilities", 0).Store(&capabilities); err != nil {
		return fmt.Errorf("%w: no program shows notifications", ErrUnavailable)
	}
	body := n.Body
	if slices.Contains(capabilities, "body-markup") {
		body = html.EscapeString(body)
	}
	const (
		replaces = uint32(0)
		expires  = int32(-1) // as the desktop likes
	)
	hints := map[string]dbus.Variant{
		"category": dbus.MakeVariant("im.received"),
		// Not to be kept for whoever looks later.
		"transient": dbus.MakeVariant(true),
	}
	call := desktop.CallWithContext(ctx, service+".Notify", 0,
		"onionwire", replaces, "", n.Title, body, []string{}, hints, expires)
	if call.Err != nil {
		return fmt.Errorf("%w: the notification was refused", ErrUnavailable)
	}
	return nil
}
