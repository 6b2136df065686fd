package reference

import (
	"bytes"
	"encoding/binary"
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func u8(n int) []byte     { return []byte{byte(n)} }
func u16(n int) []byte    { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func u32(n uint64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// lp puts the length of x before it.
func lp(x []byte) []byte { return join(u16(len(x)), x) }

// number reads an unsigned integer, most significant byte first.
func number(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
