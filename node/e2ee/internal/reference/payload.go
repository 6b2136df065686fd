package reference

// Payload1 is the payload of message 1.
type Payload1 struct {
	Version, Highest byte
	Features         uint32
	EK               []byte
}

// Bytes encodes the payload.
func (p Payload1) Bytes() []byte {
	return join([]byte{p.Version, p.Highest}, u32(uint64(p.Features)), p.EK)
}

// Payload2 is the payload of message 2.
type Payload2 struct {
	Ciphertext  []byte
	Certificate []byte
	Hint        byte
	Highest     byte
	Features    uint32
	Generation  uint64
	RatchetX    []byte
	RatchetEK   []byte
}

// Bytes encodes the payload.
func (p Payload2) Bytes() []byte {
	return join(p.Ciphertext, p.Certificate, []byte{p.Hint, p.Highest}, u32(uint64(p.Features)),
		u64(p.Generation), p.RatchetX, p.RatchetEK)
}

// Payload3 is the payload of message 3.
type Payload3 struct {
	Certificate []byte
	Hint        byte
	Generation  uint64
}

// Bytes encodes the payload.
func (p Payload3) Bytes() []byte {
	return join(p.Certificate, []byte{p.Hint}, u64(p.Generation))
}

// The parsers are given the exact length.

func parsePayload1(b []byte) Payload1 {
	return Payload1{b[0], b[1], uint32(number(b[2:6])), b[6:1190]}
}

func parsePayload2(b []byte) Payload2 {
	return Payload2{
		Ciphertext:  b[0:1088],
		Certificate: b[1088:1184],
		Hint:        b[1184],
		Highest:     b[1185],
		Features:    uint32(number(b[1186:1190])),
		Generation:  number(b[1190:1198]),
		RatchetX:    b[1198:1230],
		RatchetEK:   b[1230:2414],
	}
}

func parsePayload3(b []byte) Payload3 {
	return Payload3{b[0:96], b[96], number(b[97:105])}
}
