package notify

import "context"

// Desktop would show a notice as a notification of the desktop. On Windows that takes
// an installed application: there is only the bell. The error is ErrUnavailable.
func Desktop(context.Context, Notice) error { return ErrUnavailable }
