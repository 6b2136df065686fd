// Package e2ee encrypts a conversation between two people who know each
// other's Ed25519 identity key. It turns bytes into bytes: it does no I/O, reads
// no clock, starts no goroutine and keeps no global state, so whoever owns the
// connection decides when anything happens.
//
// Start with [NewIdentity], then run a [Handshake] ([NewInitiator] on one side,
// [NewResponder] on the other) by carrying what Write returns to the other
// side's Read, three messages in all. [Handshake.Session] then gives the
// [Session], whose Seal and Open turn contents into cells and back, for as long
// as the two people like: [Session.Save] and [LoadSession] keep it over restarts.
// [Sessions] holds all sessions with one contact, where simultaneous handshakes
// and lost disks have made more than one.
//
// Whoever stores sessions does it in this order, or loses or doubles messages:
//
//   - a new session is added to the [Sessions] and saved before message 3 leaves,
//     and by the responder before it seals a cell;
//   - a session that has sealed a cell is saved before the cell leaves;
//   - one that has opened a cell is saved together with its content, before
//     anything is confirmed;
//   - after every handshake, and when a suspended session is confirmed, all that the
//     peer has not confirmed is sealed again: its ids tell the peer what it has.
//
// # Protocol
//
// docs/protocol.md in this repository specifies every byte and every key
// derivation. In short: Noise XX (25519, ChaChaPoly, SHA256) with ML-KEM-768 in
// the first two payloads; a Double Ratchet with encrypted headers, whose every
// step is X25519 and ML-KEM-768; XChaCha20-Poly1305 over a zero-padded content,
// so that every cell is a multiple of [CellSize] bytes.
//
// # Secrets
//
// Keys are overwritten as soon as the protocol no longer needs them. This is
// best effort: Go may have copied a value while growing a stack, and the AEAD,
// Noise, X25519 and ML-KEM types of the libraries hold copies that only the garbage
// collector takes away. Types that hold secrets print and marshal as a fixed
// word under every fmt verb, encoding/json and log/slog. No method can do that for
// what somebody else's struct has in an unexported field, other than by pointer.
package e2ee
