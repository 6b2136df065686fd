package notify

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// Desktop shows a notice as a notification of the desktop. It returns soon after ctx
// ends. The error matches ErrUnavailable if that does not work.
func Desktop(ctx context.Context, n Notice) error {
	// The script comes on standard input: arguments could be read by every user of
	// this machine.
	cmd := exec.CommandContext(ctx, "/usr/bin/osascript", "-")
	cmd.Stdin = strings.NewReader("display notification " + quoted(n.Body) + " with title " + quoted(n.Title) + "\n")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: osascript failed", ErrUnavailable)
	}
	return nil
}

// quoted writes a string as AppleScript does, in which only quotation marks and
// backslashes mean something. Lines are joined.
func quoted(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
