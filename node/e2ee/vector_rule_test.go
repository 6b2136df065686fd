package e2ee_test

import (
	"bytes"
	"encoding/binary"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// longCell is what a cell is made of that is too long to stand in the file.
type longCell struct {
	HeaderKey     hexBytes `json:"header_key"`
	Header        hexBytes `json:"header"`
	CellKey       hexBytes `json:"cell_key"`
	Nonce         hexBytes `json:"nonce"`
	ContentLength int      `json:"content_length"`
	Length        int      `json:"length"`
	SHA256        hexBytes `json:"sha256"`
}

// bytes returns the cell, for a session of that ID.
func (c longCell) bytes(id []byte) []byte {
	plaintext := binary.BigEndian.AppendUint32(nil, uint32(c.ContentLength))
	plaintext = append(plaintext, ruled(c.ContentLength)...)
	plaintext = append(plaintext, make([]byte, c.Length-24-2328-16-len(plaintext))...)
	s := &reference.Session{ID: id}
	return s.SealWith(c.HeaderKey, c.CellKey, c.Header, c.Nonce, reference.RawState(plaintext)...)
}

// bytes returns what is saved, made by the rule if it does not stand in the file.
func (v malformedSaved) bytes() []byte {
	if v.StateStart == nil {
		return v.Saved
	}
	state := append(bytes.Clone(v.StateStart), byte(v.Chains))
	for i := range v.Chains {
		state = append(state, bytes.Repeat([]byte{byte(i)}, 32)...)
		state = binary.BigEndian.AppendUint64(state, 0)
		state = binary.BigEndian.AppendUint16(state, uint16(v.Keys))
		for n := range v.Keys {
			state = binary.BigEndian.AppendUint32(state, uint32(n))
			state = binary.BigEndian.AppendUint64(state, 1)
			state = append(state, make([]byte, 32)...)
		}
	}
	return reference.SaveState(nil, reference.RawState(state), v.Key, v.Context, v.Nonce, reference.StateVersion)
}
