package download

import (
	"os"
	"strings"
)

// boot names the time since the system was started, or is empty.
func boot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(id), "-")
	return first
}
