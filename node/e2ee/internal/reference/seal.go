package reference

// Pad returns the plaintext of a cell of the given size: the content behind its
// length, and zeros.
func Pad(content []byte, size int) []byte {
	plaintext := join(u32(uint64(len(content))), content)
	return join(plaintext, make([]byte, size-cellMinimum+4-len(plaintext)))
}

// SizeFor returns the smallest size of a cell that holds n bytes of content.
func SizeFor(n int) int {
	return (n + cellMinimum + CellSize - 1) / CellSize * CellSize
}

// Seal makes a cell and returns it with its number.
func (s *Session) Seal(content []byte, d Draw) (cell []byte, number uint64, err error) {
	if len(content) > MaxContent {
		return nil, 0, ErrTooLarge
	}
	if s.Own == nil {
		s.SendingStep(d)
	}
	if s.Ns == MaxChain {
		return nil, 0, ErrExhausted
	}
	number = s.SendingBase + s.Ns
	plaintext := Pad(content, SizeFor(len(content)))
	padding := plaintext[4+len(content):]
	return s.sealParts(s.Header(), d.Nonce, public("length", plaintext[:4]),
		secret("content", content), public("padding", padding)), number, nil
}

// Header returns the header of the next cell of the sending chain, which has to
// exist.
func (s *Session) Header() []byte { return join(u32(s.Ns), u32(s.PNs), s.Sending.Part) }

// SealRaw makes a cell of any header and plaintext with the keys of the next
// cell of the sending chain, which has to exist.
func (s *Session) SealRaw(header, plaintext, nonce []byte) []byte {
	return s.sealParts(header, nonce, secret("plaintext", plaintext))
}

func (s *Session) sealParts(header, nonce []byte, plaintext ...Value) []byte {
	cellKey, next := s.Trace.ChainStep(s.Sending.CK)
	cell := s.SealWith(s.Sending.HK, cellKey, header, nonce, plaintext...)
	s.Sending.CK = next
	s.Ns++
	return cell
}

// SealWith makes a cell with any keys. It changes nothing.
func (s *Session) SealWith(hk, cellKey, header, nonce []byte, plaintext ...Value) []byte {
	sealedHeader := s.Trace.seal(hk, nonce, s.headerAD(), secret("header", header))
	return join(nonce, sealedHeader, s.Trace.seal(cellKey, nonce, join(nonce, sealedHeader), plaintext...))
}

func (s *Session) headerAD() []byte { return join([]byte(labelHeader), s.ID) }
