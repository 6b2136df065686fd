package vault_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tyler-smith/go-bip39"
	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/vault"
)

// bip39Vectors are those of 256 bits that BIP 39 refers to
// (github.com/trezor/python-mnemonic, vectors.json).
var bip39Vectors = []struct{ entropy, words string }{
	{strings.Repeat("00", 32), strings.Repeat("abandon ", 23) + "art"},
	{strings.Repeat("7f", 32), strings.Repeat("legal winner thank year wave sausage worth useful ", 2) +
		"legal winner thank year wave sausage worth title"},
	{strings.Repeat("80", 32), strings.Repeat("letter advice cage absurd amount doctor acoustic avoid ", 2) +
		"letter advice cage absurd amount doctor acoustic bless"},
	{strings.Repeat("ff", 32), strings.Repeat("zoo ", 23) + "vote"},
	{
		"68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
		"hamster diagram private dutch cause delay private meat slide toddler razor book " +
			"happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
	},
	{
		"9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
		"panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich " +
			"alcohol speed nation flash devote level hobby quick inner drive ghost inside",
	},
	{
		"066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
		"all hour make first leader extend hole alien behind guard gospel lava " +
			"path output census museum junior mass reopen famous sing advance salt reform",
	},
	{
		"f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
		"void come effort suffer camp survey warrior heavy shoot primary clutch crush " +
			"open amazing screen patrol group space point ten exist slush involve unfold",
	},
}

func TestPublishedVectors(t *testing.T) {
	for _, v := range bip39Vectors {
		entropy, err := hex.DecodeString(v.entropy)
		if err != nil {
			t.Fatal(err)
		}
		words, err := vault.FromMaster(bytes.Clone(entropy)).Words()
		if err != nil || strings.Join(words, " ") != v.words {
			t.Errorf("%s gives %v, %v", v.entropy, words, err)
		}
		keys, err := vault.Restore(v.words)
		if err != nil {
			t.Fatal(err)
		}
		if master, _ := keys.Secrets(); !bytes.Equal(master, entropy) {
			t.Errorf("%q gives %x", v.words, master)
		}
	}
}

func TestAnotherImplementationAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entropy := rapid.SliceOfN(rapid.Byte(), vault.KeySize, vault.KeySize).Draw(t, "entropy")
		words, err := vault.FromMaster(bytes.Clone(entropy)).Words()
		if err != nil {
			t.Fatal(err)
		}
		want, err := bip39.NewMnemonic(entropy)
		if err != nil || strings.Join(words, " ") != want {
			t.Fatalf("words are %v, want %q (%v)", words, want, err)
		}
		keys, err := vault.Restore(want)
		if err != nil {
			t.Fatal(err)
		}
		if master, _ := keys.Secrets(); !bytes.Equal(master, entropy) {
			t.Fatal("another master secret came back")
		}
	})
}

func TestWordsAsPeopleTypeThem(t *testing.T) {
	words := strings.Fields(bip39Vectors[4].words)
	short := make([]string, len(words))
	for i, word := range words {
		short[i] = word[:min(4, len(word))]
	}
	want, err := hex.DecodeString(bip39Vectors[4].entropy)
	if err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"upper case":     strings.ToUpper(strings.Join(words, " ")),
		"lines":          " \t" + strings.Join(words, "\r\n") + "\n",
		"four letters":   strings.Join(short, " "),
		"Four, spaced":   strings.Join(short[:12], "   ") + "\n" + strings.ToTitle(strings.Join(words[12:], " ")),
		"commas":         strings.Join(words, ", ") + ".",
		"no-break space": strings.Join(words, "\u00a0"),
	} {
		keys, err := vault.Restore(typed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if master, _ := keys.Secrets(); !bytes.Equal(master, want) {
			t.Errorf("%s gives another secret", name)
		}
	}
}

func TestATypoIsFound(t *testing.T) {
	words := strings.Fields(bip39Vectors[5].words)
	for i := range words {
		for _, typo := range []string{"pandaa", "pan", "pandz", "p\u00e4nda", "zzzz", "0123"} {
			typed := slices.Clone(words)
			typed[i] = typo
			_, err := vault.Restore(strings.Join(typed, " "))
			var wrong *vault.WordError
			if !errors.As(err, &wrong) || wrong.Word != i+1 {
				t.Fatalf("with %q as word %d the error is %v", typo, i+1, err)
			}
			if strings.Contains(err.Error(), typo) {
				t.Errorf("error %q has the word in it", err)
			}
		}
	}
}

func TestWordsThatDoNotBelongTogether(t *testing.T) {
	swapped := strings.Fields(bip39Vectors[6].words)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	for name, tt := range map[string]struct {
		words string
		want  error
	}{
		"swapped":      {strings.Join(swapped, " "), vault.ErrWordChecksum},
		"another last": {strings.Repeat("abandon ", 23) + "zoo", vault.ErrWordChecksum},
		"none":         {"", vault.ErrWordCount},
		"one missing":  {strings.Repeat("abandon ", 22) + "art", vault.ErrWordCount},
		"one more":     {strings.Repeat("abandon ", 24) + "art", vault.ErrWordCount},
		"endless":      {strings.Repeat("abandon ", 1<<20), vault.ErrWordCount},
	} {
		if _, err := vault.Restore(tt.words); !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
	}
}

func TestWordsDoNotOpenAnOldDatabase(t *testing.T) {
	keys := vault.NewKeys()
	words, err := keys.Words()
	if err != nil {
		t.Fatal(err)
	}
	restored, err := vault.Restore(strings.Join(words, " "))
	if err != nil {
		t.Fatal(err)
	}
	_, before := keys.Secrets()
	_, after := restored.Secrets()
	if bytes.Equal(before, after) {
		t.Error("the database key came out of the words")
	}
}
