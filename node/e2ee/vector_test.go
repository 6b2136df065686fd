package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

var update = flag.Bool("update", false, "write testdata/vectors/e2ee-v1.json anew")

const vectorFile = "../../testdata/vectors/e2ee-v1.json"

// vectors is one whole handshake and three cells with every random byte fixed,
// as docs/protocol.md describes the file.
type vectors struct {
	InitiatorSeed      hexBytes     `json:"initiator_seed"`
	ResponderSeed      hexBytes     `json:"responder_seed"`
	InitiatorID        hexBytes     `json:"initiator_id"`
	ResponderID        hexBytes     `json:"responder_id"`
	MLKEMSeed          hexBytes     `json:"mlkem_seed"`
	InitiatorEphemeral hexBytes     `json:"initiator_ephemeral"`
	ResponderEphemeral hexBytes     `json:"responder_ephemeral"`
	Encapsulation      hexBytes     `json:"encapsulation_randomness"`
	InitiatorStatic    hexBytes     `json:"initiator_static_public"`
	ResponderStatic    hexBytes     `json:"responder_static_public"`
	Prologue           hexBytes     `json:"prologue"`
	Payload1           hexBytes     `json:"payload_1"`
	Payload2           hexBytes     `json:"payload_2"`
	Payload3           hexBytes     `json:"payload_3"`
	Message1           hexBytes     `json:"message_1"`
	Message2           hexBytes     `json:"message_2"`
	Message3           hexBytes     `json:"message_3"`
	HandshakeHash      hexBytes     `json:"handshake_hash"`
	NoiseK1            hexBytes     `json:"noise_k1"`
	NoiseK2            hexBytes     `json:"noise_k2"`
	KEMSecret          hexBytes     `json:"kem_secret"`
	RootKey            hexBytes     `json:"root_key"`
	ChainInitiator     hexBytes     `json:"chain_key_from_initiator"`
	ChainResponder     hexBytes     `json:"chain_key_from_responder"`
	SessionID          hexBytes     `json:"session_id"`
	Cells              []vectorCell `json:"cells"`
}

type vectorCell struct {
	From    string   `json:"from"`
	Content hexBytes `json:"content"`
	Nonce   hexBytes `json:"nonce"`
	Cell    hexBytes `json:"cell"`
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// counting returns n bytes that count up from first, easily typed in elsewhere.
func counting(first byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = first + byte(i)
	}
	return b
}

// referenceVectors computes the vectors with the reference alone.
func referenceVectors(t *testing.T) vectors {
	t.Helper()
	v := vectors{
		InitiatorSeed:      counting(0x00, 32),
		ResponderSeed:      counting(0x20, 32),
		InitiatorID:        []byte("initiator"),
		ResponderID:        []byte("responder's longer id"),
		MLKEMSeed:          counting(0x40, 64),
		InitiatorEphemeral: counting(0x80, 32),
		ResponderEphemeral: counting(0xa0, 32),
		Encapsulation:      counting(0xc0, 32),
	}
	initiator, responder := vectorPeople(t, v)
	a := newReference(t, initiator, responder, true,
		referenceOptions{ephemeral: v.InitiatorEphemeral, mlkemSeed: v.MLKEMSeed})
	b := newReference(t, responder, initiator, false, referenceOptions{ephemeral: v.ResponderEphemeral})

	v.InitiatorStatic, v.ResponderStatic = a.static.Public, b.static.Public
	v.Prologue = refPrologue(1, v.InitiatorID, v.ResponderID)
	v.Payload1 = a.payload1()
	v.Message1 = a.write(t, v.Payload1)
	b.read(t, v.Message1)
	v.Payload2 = b.payload2(t, v.Encapsulation, 1)
	v.Message2 = b.write(t, v.Payload2)
	a.read(t, v.Message2)
	v.Payload3 = a.payload3(0)
	v.Message3 = a.write(t, v.Payload3)
	b.read(t, v.Message3)

	v.HandshakeHash = bytes.Clone(a.noise.ChannelBinding())
	v.NoiseK1, v.NoiseK2, v.KEMSecret, v.RootKey = a.k1, a.k2, a.kemSecret, a.root(t)
	if !bytes.Equal(v.RootKey, b.root(t)) {
		t.Fatal("the two references disagree")
	}
	v.SessionID = refExpand(t, v.RootKey, "onionwire-e2ee-1 session id")
	fromInitiator, fromResponder := a.chains(t)
	v.ChainInitiator, v.ChainResponder = fromInitiator.key, fromResponder.key
	for i, c := range []struct {
		from    string
		chain   *refChain
		content string
	}{
		{"initiator", fromInitiator, "first"},
		{"initiator", fromInitiator, ""},
		{"responder", fromResponder, "answer"},
	} {
		nonce := counting(byte(0xe0+i), 24)
		cell := c.chain.sealPlain(t, nonce, refPad([]byte(c.content), e2ee.CellSize))
		v.Cells = append(v.Cells, vectorCell{c.from, []byte(c.content), nonce, cell})
	}
	return v
}

func vectorPeople(t *testing.T, v vectors) (initiator, responder person) {
	t.Helper()
	people := [2]person{{peerID: v.InitiatorID}, {peerID: v.ResponderID}}
	for i, seed := range [][]byte{v.InitiatorSeed, v.ResponderSeed} {
		people[i].key = ed25519.NewKeyFromSeed(seed)
		people[i].identity = must[*e2ee.Identity](t)(e2ee.NewIdentity(people[i].key))
	}
	return people[0], people[1]
}

func readVectors(t *testing.T) (v vectors) {
	t.Helper()
	if err := json.Unmarshal(must[[]byte](t)(os.ReadFile(vectorFile)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVectorsMatchReference(t *testing.T) {
	computed := referenceVectors(t)
	if *update {
		text := must[[]byte](t)(json.MarshalIndent(computed, "", "  "))
		if err := os.WriteFile(vectorFile, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, fresh := reflect.ValueOf(readVectors(t)), reflect.ValueOf(computed)
	for i := range fresh.NumField() {
		if !reflect.DeepEqual(stored.Field(i).Interface(), fresh.Field(i).Interface()) {
			t.Errorf("%s differs from %s", fresh.Type().Field(i).Name, vectorFile)
		}
	}
}

// TestVectorsMatchInitiator feeds the implementation the vectors' random bytes.
// The responder cannot be tested so, because its encapsulation takes no bytes
// from outside; TestInteropAsResponder stands in for it.
func TestVectorsMatchInitiator(t *testing.T) {
	v := readVectors(t)
	initiator, responder := vectorPeople(t, v)
	cfg := initiator.expecting(responder)
	random := bytes.Join([][]byte{v.MLKEMSeed, v.InitiatorEphemeral, v.Cells[0].Nonce, v.Cells[1].Nonce}, nil)
	cfg.Rand = bytes.NewReader(random)
	h := must[*e2ee.Handshake](t)(e2ee.NewInitiator(cfg))
	if !bytes.Equal(write(t, h), v.Message1) {
		t.Fatal("message 1 differs")
	}
	if err := h.Read(v.Message2); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(write(t, h), v.Message3) {
		t.Fatal("message 3 differs")
	}
	if !h.RemoteKnowsUs() {
		t.Error("the hint was lost")
	}
	s := session(t, h)
	if id := s.SessionID(); !bytes.Equal(id[:], v.SessionID) {
		t.Error("the session ID differs")
	}
	for i, c := range v.Cells {
		if c.From == "responder" {
			wantOpens(t, s, c.Cell, c.Content)
		} else if !bytes.Equal(seal(t, s, c.Content), c.Cell) {
			t.Errorf("cell %d differs", i)
		}
	}
}
