package onion_test

import (
	"encoding/hex"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// published are addresses that others have made: the examples of rend-spec
// ("Encoding onion addresses"), one of Tor's own unit tests (test_hs_common.c),
// and services that have been known for years.
var published = []string{
	"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd",
	"sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
	"xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
	"25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid",
	"2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid", // torproject.org
	"duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad",
	"facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd",
	"protonmailrmez3lotccipshtkleegetolb73fuirgj7r4o4vfu7ozyd",
}

// brokenChecksum are examples from the discussion that led to rend-spec, whose
// author had computed the checksum wrongly (tor-dev, January 2017).
var brokenChecksum = []string{
	"l5satjgud6gucryazcyvyvhuxhr74u6ygigiuyixe3a6ysis67ororad",
	"btojiu7nu5y5iwut64eufevogqdw4wmqzugnoluw232r4t3ecsfv37ad",
	"vckjr6bpchiahzhmtzslnl477hdfvwhzw7dmymz3s5lp64mwf6wfeqad",
}

// publishedKeys are seeds and the addresses they lead to, made by another
// implementation (onionutil; Ivan Markin on tor-dev, January 2017).
var publishedKeys = []struct{ seed, id string }{
	{
		"33a7e5c16e0308a3e6a0e7f4a621b3caad9ed1acdb3f78369b1377c5e6050278",
		"pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd",
	},
	{
		"62a70904f219a788f3c3c46b64c7bc6e800fed54079f2bb88c4fe3800fe22645",
		"sp3k262uwy4r2k3ycr5awluarykdpag6a7y33jxop4cs2lu5uz5sseqd",
	},
	{
		"8d31e643f3693944817172030bab236a818d4a1d1ecbd7b8ce3ccb005dfb15fb",
		"xa4r2iadxm55fbnqgwwi5mymqdcofiu3w6rpbtqn7b2dyn7mgwj64jyd",
	},
	{
		"a7f82fdf8f93a299e947f302313971b6759b8140d86468ead9cc960474c274b5",
		"6k5ddm2zotlkkikdmdgdbgh4nhhquuozsrdhfkeqjsl4xidmhfc6ntqd",
	},
}

// mustParse returns an address that is known to be good.
func mustParse(t testing.TB, s string) onion.Address {
	t.Helper()
	a, err := onion.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// mustKey returns the key with a seed in hexadecimal.
func mustKey(t testing.TB, seed string) onion.Key {
	t.Helper()
	raw, err := hex.DecodeString(seed)
	if err != nil {
		t.Fatal(err)
	}
	k, err := onion.KeyFromSeed(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
