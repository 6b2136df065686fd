package tor_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// exampleControl is the control port of a tor that needs no network, so that the
// examples can run.
func exampleControl() (control tor.Addr, end func()) {
	fake, err := tortest.StartFake()
	if err != nil {
		log.Fatal(err)
	}
	control, err = tor.ParseAddr(fake.ControlAddr())
	if err != nil {
		log.Fatal(err)
	}
	return control, fake.Close
}

func exampleDaemon() (daemon *tor.Daemon, end func()) {
	control, endFake := exampleControl()
	daemon, err := tor.Attach(context.Background(), tor.AttachConfig{Control: control})
	if err != nil {
		log.Fatal(err)
	}
	return daemon, func() { daemon.Close(); endFake() }
}

// A tor of the program's own. It needs the Tor network and is therefore not run.
func ExampleStart() {
	ctx := context.Background()
	daemon, err := tor.Start(ctx, tor.Config{DataDir: "tor"})
	if err != nil {
		log.Fatal(err)
	}
	defer daemon.Close()
	for progress := range daemon.Progress(ctx) {
		fmt.Println(progress) // such as "75% Loaded enough directory info to build circuits"
	}
}

// Bridges, where Tor is blocked. The lines are as people get them.
func ExampleStart_bridges() {
	ctx := context.Background()
	lines := []string{"obfs4 192.0.2.7:443 0123456789ABCDEF0123456789ABCDEF01234567 cert=… iat-mode=0"}

	daemon, err := tor.Start(ctx, tor.Config{
		DataDir: "tor",
		Bridges: lines,
		PluggableTransports: []tor.PluggableTransport{
			{Names: []string{"obfs4"}, Path: "obfs4proxy"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer daemon.Close()
}

// A tor that somebody else runs.
func ExampleAttach() {
	ctx := context.Background()
	control, end := exampleControl() // such as "unix:/run/tor/control"
	defer end()

	daemon, err := tor.Attach(ctx, tor.AttachConfig{Control: control})
	if errors.Is(err, tor.ErrAuth) {
		log.Fatal("join the group that may read tor's cookie: ", err)
	}
	if err != nil {
		log.Fatal(err)
	}
	defer daemon.Close()
	fmt.Println("managed:", daemon.Managed())
	fmt.Println("connected:", daemon.WaitReady(ctx) == nil)
	// Output:
	// managed: false
	// connected: true
}

// The tor that the environment names, as on Whonix, or one of the program's own.
func ExampleAttachConfigFromEnvironment() {
	control, end := exampleControl()
	defer end()
	os.Setenv("TOR_CONTROL_PORT", control.String())
	defer os.Unsetenv("TOR_CONTROL_PORT")

	open := func(ctx context.Context) (*tor.Daemon, error) {
		cfg, ok, err := tor.AttachConfigFromEnvironment()
		if err != nil {
			return nil, err
		}
		if ok {
			return tor.Attach(ctx, cfg)
		}
		return tor.Start(ctx, tor.Config{DataDir: "tor"})
	}
	daemon, err := open(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer daemon.Close()
	fmt.Println("managed:", daemon.Managed())
	// Output: managed: false
}

// An onion service for anything that listens. It stays, whatever happens to tor
// meanwhile, until it is closed.
func ExampleDaemon_Publish() {
	ctx := context.Background()
	daemon, end := exampleDaemon()
	defer end()
	key, err := onion.GenerateKey() // programs keep it: onion.LoadOrCreateKey
	if err != nil {
		log.Fatal(err)
	}

	l, err := daemon.ListenTarget()
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	service, err := daemon.Publish(tor.ServiceConfig{Key: key, Port: 80, Target: l.Addr()})
	if err != nil {
		log.Fatal(err)
	}
	defer service.Close()
	if err := service.Ready(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println("others can connect to", len(service.Address().String()), "characters")
	// Output: others can connect to 62 characters
}

// What becomes of tor, for as long as somebody wants to know.
func ExampleDaemon_Status() {
	control, end := exampleControl()
	defer end()
	daemon, err := tor.Attach(context.Background(), tor.AttachConfig{Control: control})
	if err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, func() { daemon.Close() })

	watch := func(ctx context.Context) {
		for st := range daemon.Status(ctx) {
			switch st.State {
			case tor.Connected:
				fmt.Println("tor is at", st.Progress)
				if st.Network != nil {
					fmt.Println(st.Network)
				}
			case tor.Reconnecting:
				fmt.Println("tor was lost, and is fetched back:", st.Err)
			case tor.Ended:
				fmt.Println("no more tor:", st.Err)
			}
		}
	}
	watch(context.Background())
	// Output:
	// tor is at 100% Done
	// no more tor: tor daemon closed
}

// A key for a service that only certain clients can find. Its public half goes to
// whoever runs the service.
func ExampleDaemon_SetClientKey() {
	ctx := context.Background()
	daemon, end := exampleDaemon()
	defer end()
	service, err := onion.Parse("pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion")
	if err != nil {
		log.Fatal(err)
	}

	key, err := onion.ParseClientKey("O4DW2CTTDCSX2PAWYFZFDMTGIXPUYL4H5PAJSKVRO752KHNZFQVA")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("for the service:", key.Public())
	fmt.Println(daemon.SetClientKey(ctx, service, key))
	// Output:
	// for the service: QUQPACMJGCTVI5ELPXOLIPXXLIG36OQNEY4BV5HLUSUY5KU3JZVA
	// <nil>
}

func ExampleParseAddr() {
	for _, s := range []string{"127.0.0.1:9051", "unix:/run/tor/control", "/run/tor/control"} {
		addr, err := tor.ParseAddr(s)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(addr.Network, addr.Address)
	}
	// Output:
	// tcp 127.0.0.1:9051
	// unix /run/tor/control
	// malformed address "/run/tor/control", expected HOST:PORT or unix:PATH: address /run/tor/control: missing port in address
}
