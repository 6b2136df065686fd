package tortest

import (
	"fmt"
	"time"
)

// relayTorrc is a relay's own part. Everybody reaches it at the advertised port;
// where that is a forwarder's, it listens on another.
//
// Its first request for a consensus waits until there is one. Earlier requests
// would fail, and each failure makes the relay wait, by chance, for longer: five
// to ten seconds were measured instead of one to four.
func relayTorrc(name string, port, advertised int, consensus time.Duration) string {
	orPort := fmt.Sprintf("ORPort %s IPv4Only\n", hostPort(port))
	if advertised != port {
		orPort = fmt.Sprintf("ORPort %s NoListen IPv4Only\nORPort %s NoAdvertise IPv4Only\n",
			hostPort(advertised), hostPort(port))
	}
	return fmt.Sprintf(`Nickname %s
ContactInfo tortest
Address %s
%sAssumeReachable 1
SocksPort 0
ExitRelay 1
ExitPolicy accept 127.0.0.0/8:*
ExitPolicyRejectPrivate 0
TestingServerConsensusDownloadInitialDelay %d
`, name, loopback, orPort, max(0, seconds(consensus)))
}
