package wordlist_test

import (
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/wordlist"
	"github.com/tyler-smith/go-bip39"
)

func TestEveryWordIsFound(t *testing.T) {
	words := bip39.GetWordList()
	if len(words) != 1<<wordlist.Bits {
		t.Fatalf("the list has %d words", len(words))
	}
	for i, word := range words {
		if got := wordlist.Word(i); got != word {
			t.Errorf("word %d is %q, want %q", i, got, word)
		}
		for _, typed := range []string{word, word[:min(wordlist.Start, len(word))], strings.ToUpper(word)} {
			if got, ok := wordlist.Find(typed); !ok || got != i {
				t.Errorf("%q is word %d, %t, want %d", typed, got, ok, i)
			}
		}
	}
}

func TestOthersAreNot(t *testing.T) {
	for _, typed := range []string{
		"", "a", "aban ", "abando", "abandonn", "zzzz", "zoox", "aaaa",
		"\u212aite", // the sign for Kelvin, whose lower case is a k
	} {
		if i, ok := wordlist.Find(typed); ok {
			t.Errorf("%q is word %d", typed, i)
		}
	}
}
