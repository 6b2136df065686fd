package apitest

// HostileNames are what somebody can call himself who wants to be taken for a contact called
// Alice, for ourselves, for a flag or for a number, or who wants to do something to a
// terminal or a shell.
var HostileNames = []string{
	"alice", "ALICE", "aLICE", "Аlice", "Αlice", "Alicе", "A1ice", "AIice", "Alıce", "Ａｌｉｃｅ", "Alicé", "Al ice", "A l i c e",
	"Ali\u200bce", "Alice\u200d", "\u2060Alice", "\ufeffAlice", "Alice\u00ad", "Alice\u3164", "Alice\ufe0f", "Ali\u034fce",
	"\u202eecilA", "\u202eAlice\u202c", "\u2066Alice\u2069", "Alice\u200e", "Alice\u00a0", " Alice", "Alice ",
	"Alice\n", "Alice\r\nBob", "Alice\x00", "\x1b[2JAlice", "Alice\x1b]0;owned\a", "\u009b31mAlice", "Alice\b\b\b\b\bMa",
	"A\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307lice", "Alice\U000e0041", "Alice (…000001)", "Alice, verified", "Alice ✔",
	"you", "You", "YOU", "Υou", "me", "--help", "-", "--", "-n", "#1", "1", "#2", "12D3KooW000000000000000000000000000000000001",
	"$(id)", "`id`", "'; id; '", "%s%n%d", "*", "~", "../../etc/passwd", "/quit", "@Alice", "\xff\xfeAlice", "\t", " ", "",
	"Aliceeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
}
