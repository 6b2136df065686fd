package reference

import "maps"

// Set is a set of byte strings. The zero value is nil and can be read only.
type Set map[string]struct{}

// NewSet returns the set of the given strings.
func NewSet(known ...[]byte) Set {
	s := Set{}
	s.Add(known...)
	return s
}

// Add puts byte strings into the set.
func (s Set) Add(known ...[]byte) {
	for _, b := range known {
		s[string(b)] = struct{}{}
	}
}

// Has tells whether b is in the set.
func (s Set) Has(b []byte) bool {
	_, ok := s[string(b)]
	return ok
}

// Closure returns all that an adversary can compute who knows the strings of
// known, everything public, and the equations of the primitives: known and what
// follows from it in any number of steps (Dolev and Yao: On the Security of
// Public Key Protocols, 1983), over the strings of a real run.
//
//   - The outputs of a call are known if all its secret inputs are.
//   - A shared X25519 secret is known with the scalar of either side.
//   - An ML-KEM secret is known with the seed of the key pair or with the
//     randomness of the encapsulation.
//   - A plaintext is known with the key, whole and in its parts.
//
// What is public is not in the set unless it was found: so it can be asked
// whether somebody without the keys learns what travels encrypted only.
func (t *Trace) Closure(known Set) Set {
	found := maps.Clone(known)
	if found == nil {
		found = Set{}
	}
	links := t.links()
	for before := -1; before != len(found); {
		before = len(found)
		for _, c := range t.Calls {
			if c.derivable(found, links) {
				for _, v := range c.learnt() {
					found.Add(v.Bytes)
				}
			}
		}
	}
	return found
}

// links are the secrets behind what is public.
type links struct {
	scalars map[string][][]byte // of an X25519 key
	seeds   map[string][]byte   // of an encapsulation key
	encaps  map[string]Call     // of a ciphertext
}

func (t *Trace) links() links {
	l := links{map[string][][]byte{}, map[string][]byte{}, map[string]Call{}}
	for _, c := range t.Calls {
		switch c.Op {
		case OpX25519:
			if !c.Out[0].Secret {
				point := string(c.Out[0].Bytes)
				l.scalars[point] = append(l.scalars[point], c.In[0].Bytes)
			}
		case OpKeyGen:
			l.seeds[string(c.Out[0].Bytes)] = c.In[0].Bytes
		case OpEncaps:
			l.encaps[string(c.Out[1].Bytes)] = c
		}
	}
	return l
}

func (c Call) derivable(known Set, l links) bool {
	switch c.Op {
	case OpSeal:
		return known.Has(c.In[0].Bytes)
	case OpX25519:
		for _, scalar := range l.scalars[string(c.In[1].Bytes)] {
			if known.Has(scalar) {
				return true
			}
		}
	case OpEncaps:
		if seed, ok := l.seeds[string(c.In[0].Bytes)]; ok && known.Has(seed) {
			return true
		}
	case OpDecaps:
		e, ok := l.encaps[string(c.In[1].Bytes)]
		if ok && string(e.Out[0].Bytes) == string(c.Out[0].Bytes) && known.Has(e.In[1].Bytes) {
			return true
		}
	}
	for _, v := range c.In {
		if v.Secret && !known.Has(v.Bytes) {
			return false
		}
	}
	return true
}

// learnt returns what a derivable call tells.
func (c Call) learnt() []Value {
	if c.Op != OpSeal {
		return c.Out
	}
	plaintext := c.In[3:]
	return append([]Value{{Bytes: joined(plaintext)}}, plaintext...)
}
