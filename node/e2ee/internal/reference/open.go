package reference

import "bytes"

// Opened is what a cell has told.
type Opened struct {
	Content []byte
	Number  uint64
	N, PN   uint64 // as in the header
	Part    []byte
	CellKey []byte
	Step    bool // the cell began a new chain
}

// Open opens a cell at a time in Unix seconds, section "Opening a cell"; 0 stands
// for every time before 1970, too. After an error the state is as it was, but for
// skipped keys that have become too old.
func (s *Session) Open(cell []byte, now uint64) (Opened, error) {
	if len(cell) == 0 || len(cell) > MaxCell || len(cell)%CellSize != 0 {
		return Opened{}, ErrMalformed
	}
	now = max(now, 1)
	s.expire(now)
	next := s.Clone()
	o, err := next.open(cell, now)
	if err != nil {
		return Opened{}, err
	}
	next.Confirmed = true
	*s = *next
	return o, nil
}

// open works on a copy of the state, which is thrown away after an error.
func (s *Session) open(cell []byte, now uint64) (o Opened, err error) {
	nonce, sealedHeader, body := cell[:24], cell[24:2352], cell[2352:]
	header := func(hk []byte) bool {
		h, err := s.Trace.open("header", hk, nonce, s.headerAD(), sealedHeader)
		if err != nil {
			return false
		}
		o.N, o.PN, o.Part = number(h[:4]), number(h[4:8]), h[8:]
		return true
	}
	switch r := s.Receiving; {
	case r != nil && header(r.HK):
		o.CellKey, err = s.fromChain(&o, now)
	case s.Own != nil && header(s.NHKr):
		o.CellKey, err = s.fromNextChain(&o, now)
	default:
		err = ErrDecrypt
		for i := len(s.Skipped) - 1; i >= 0; i-- {
			if header(s.Skipped[i].HK) {
				o.Number = s.Skipped[i].Base + o.N
				o.CellKey, err = s.takeSkipped(s.Skipped[i].HK, o.N)
				break
			}
		}
	}
	if err != nil {
		return o, err
	}
	plaintext, err := s.Trace.open("plaintext", o.CellKey, nonce, join(nonce, sealedHeader), body)
	if err != nil {
		return o, err
	}
	o.Content, err = unpad(plaintext)
	if s.Trace != nil && err == nil {
		// The content on its own, for whoever asks the closure about it.
		last := &s.Trace.Calls[len(s.Trace.Calls)-1]
		last.Out = append(last.Out, secret("content", o.Content))
	}
	return o, err
}

// fromChain is step 4: the header has opened with HKr.
func (s *Session) fromChain(o *Opened, now uint64) ([]byte, error) {
	if !bytes.Equal(o.Part, s.Receiving.Part) || o.N == MaxChain {
		return nil, ErrMalformed
	}
	o.Number = s.ReceivingBase + o.N
	if o.N < s.Nr {
		return s.takeSkipped(s.Receiving.HK, o.N)
	}
	if o.N-s.Nr > MaxJump {
		return nil, ErrGap
	}
	s.skipUntil(o.N, now)
	return s.nextKey(), nil
}

// fromNextChain is step 5: the header has opened with NHKr.
func (s *Session) fromNextChain(o *Opened, now uint64) ([]byte, error) {
	next := Chain{Part: o.Part}
	switch {
	case s.Receiving == nil && o.PN != 0, o.PN < s.Nr:
		return nil, ErrMalformed
	case o.PN-s.Nr+o.N > MaxJump:
		return nil, ErrGap
	case !AcceptablePoint(next.point()), !ModulusCheck(next.ek()):
		return nil, ErrMalformed
	}
	if s.Receiving != nil {
		s.skipUntil(o.PN, now)
	}
	s.receivingStep(o.Part, o.PN)
	o.Step, o.Number = true, s.ReceivingBase+o.N
	s.skipUntil(o.N, now)
	return s.nextKey(), nil
}

// nextKey returns the key of cell Nr of the receiving chain.
func (s *Session) nextKey() (cellKey []byte) {
	cellKey, s.Receiving.CK = s.Trace.ChainStep(s.Receiving.CK)
	s.Nr++
	return cellKey
}

// unpad returns the content of a plaintext.
func unpad(plaintext []byte) ([]byte, error) {
	n := number(plaintext[:4])
	if n > MaxContent || n > uint64(len(plaintext)-4) {
		return nil, ErrMalformed
	}
	for _, b := range plaintext[4+n:] {
		if b != 0 {
			return nil, ErrMalformed
		}
	}
	return plaintext[4 : 4+n], nil
}
