package tortest

import (
	"fmt"
	"net"
	"strconv"
)

const loopback = "127.0.0.1"

// freePorts names n different TCP ports on loopback that were free a moment
// ago. Nothing reserves them: whoever binds them must be ready to find one
// taken, and to ask again.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp4", net.JoinHostPort(loopback, "0"))
		if err != nil {
			return nil, fmt.Errorf("looking for a free port: %w", err)
		}
		// Closed only when all are found: the same port must not be named twice.
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

func hostPort(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }
