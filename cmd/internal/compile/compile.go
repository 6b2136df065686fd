// Package compile is how the programs of a release are compiled: without symbols, and
// with functions inlined only where that is worth its space, which makes them a twentieth
// smaller. What they do is the same as with go build.
package compile

// MaxSize is how large a program of a release may be for Linux on amd64, in bytes.
const MaxSize = 25 << 20

// LinkFlags are what the linker is told. Between functions there is no more space than
// processors need, instead of up to 31 bytes; what is written in assembly keeps its own.
const LinkFlags = "-s -w -buildid= -funcalign=4"

// Inlined are the packages within which calls are inlined, and those that are small and
// called from there: what encrypts, what keeps and carries data, and what draws.
var Inlined = []string{
	// Go itself, and what everything is made of.
	"runtime/...", "internal/...", "sync/...", "math/...", "unicode/...", "hash/...",
	"bytes", "strings", "slices", "encoding/binary",
	// What encrypts.
	"crypto/...", "vendor/golang.org/x/crypto/...", "golang.org/x/crypto/...", "filippo.io/...", "lukechampine.com/...",
	"github.com/flynn/noise", "github.com/onionwire/onionwire/node/e2ee/...", "github.com/onionwire/onionwire/node/internal/...",
	// What keeps and carries data.
	"github.com/ncruces/...", "github.com/onionwire/onionwire/node/store",
	"github.com/libp2p/go-yamux/v5", "github.com/libp2p/go-buffer-pool",
	// What draws.
	"github.com/charmbracelet/...", "github.com/clipperhouse/...", "github.com/rivo/uniseg", "github.com/mattn/go-runewidth",
}

// Args are the arguments of go build, besides packages and what goes into them.
func Args() []string {
	args := []string{"-trimpath", "-mod=readonly", "-gcflags=all=-l"}
	for _, pattern := range Inlined { // the last one that matches counts
		args = append(args, "-gcflags="+pattern+"=")
	}
	return args
}
