// Package tortest lets tests of any project use Tor without touching the
// public Tor network. It has a private network of real tor processes, and a
// fake.
//
// # A private network
//
// New starts a directory authority and a few relays on loopback and stops them
// at the end of the test; Start is the same for programs. That takes about ten
// seconds, so share a network among tests:
//
//	network := tortest.New(t, tortest.Config{})
//	torrc := network.Torrc() // add this to the torrc of any tor
//
// Every tor with these lines takes part, and can make and reach onion services.
// StartClient runs such a tor for tests of programs that attach to a daemon
// which belongs to somebody else, and StartBridge a bridge: for obfs4 that needs a
// program (Debian: apt install obfs4proxy). With Config.LinkDelay the links of the
// relays are slow, as they are in the real network.
//
// The network needs a tor program (Debian: apt install tor; macOS: brew install
// tor) and nothing else, in particular no tor-gencert. Several networks may run
// at once, also in different processes. The tor processes end with the process
// that started them, however that ends.
//
// It is idle, as the real one never is, and that shows: when a tor is killed, a relay
// that has several circuits to end passes the news of the first on, and holds the others
// back until it has something else to send to the same relay (tor 0.4.9). Half a minute
// was seen. Until then an introduction point takes a service that has gone for connected,
// and its clients' streams stay open.
//
// # A fake
//
// NewFake starts a control port and a SOCKS port that follow a script. It is
// for what real Tor cannot be told to do: a reply that never comes, a
// connection that is cut at byte N.
//
// # Compatibility
//
// Tested with tor 0.4.9 on Linux. Where there are no unix sockets and
// no descriptors can be handed to a child (Windows), tor processes notice the
// crash of their owner within 15 seconds instead of at once.
package tortest
