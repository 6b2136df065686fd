package tortest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What the authority votes by, the least that tor accepts. (Before the first
// consensus it would accept an interval of five seconds, but then it publishes
// one without any relay at once, and the next ten seconds later.)
const (
	interval  = 10 * time.Second
	voteDelay = 2 * time.Second
	distDelay = 2 * time.Second
)

// sharedTorrc is what makes a tor process a part of this network and of no other.
//
// Tor learns how long circuits take and gives up on those that take longer. On
// loopback it learns some 60 ms, less than a busy machine needs now and then, and
// dials were seen to hang for minutes. The default of a minute is too long here:
// a circuit that gets stuck now and then holds its dial up for all of it.
func sharedTorrc(a *authority, orPort, dirPort int) string {
	return fmt.Sprintf(`TestingTorNetwork 1
DirAuthority authority orport=%d no-v2 v3ident=%s %s %s
PathsNeededToBuildCircuits 0.25
LearnCircuitBuildTimeout 0
CircuitBuildTimeout 10
`, orPort, a.identity, hostPort(dirPort), a.fingerprint)
}

// daemonTorrc is what every process of this package has: little disk, log and
// memory, and an end when we end. The poll for our process id takes up to 15
// seconds; where there is a leash, that is faster.
//
// With 64 MB for queues relays were seen to kill idle circuits for memory; with
// 256 MB they were not.
func daemonTorrc(dataDir string, ownerPID int) string {
	return fmt.Sprintf(`DataDirectory %s
Log notice stdout
AvoidDiskWrites 1
NumCPUs 1
MaxMemInQueues 256 MB
__OwningControllerProcess %d
`, quote(dataDir), ownerPID)
}

// authorityTorrc makes a relay the authority. Votes start at a multiple of the
// interval, shifted so that the first consensus comes out at the time given.
// Flags that a relay has to earn by its age are given at once.
func authorityTorrc(dirPort int, firstConsensus time.Time) string {
	offset := firstConsensus.Unix() % int64(interval/time.Second)
	return fmt.Sprintf(`AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
DirPort %s
TestingV3AuthVotingStartOffset %d
TestingV3AuthInitialVotingInterval %d
TestingV3AuthInitialVoteDelay %d
TestingV3AuthInitialDistDelay %d
V3AuthVotingInterval %d
V3AuthVoteDelay %d
V3AuthDistDelay %d
V3AuthNIntervalsValid 2
TestingDirAuthVoteExit *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
AuthDirVoteStableGuaranteeMinUptime 0
AuthDirVoteStableGuaranteeMTBF 0
`, hostPort(dirPort), offset, seconds(interval), seconds(voteDelay), seconds(distDelay),
		seconds(interval), seconds(voteDelay), seconds(distDelay))
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// quote writes a path such that torrc takes spaces, # and backslashes for what
// they are.
func quote(path string) string {
	if !strings.ContainsAny(path, " #\"\\\t") {
		return path
	}
	return strconv.Quote(path)
}
