// Package filecrypt encrypts files in chunks, which can be sealed and opened in
// any order, again after a lost connection, and by several goroutines at once.
// It does no I/O and keeps no state between chunks.
//
// The sender makes a [Key] and an [ID] with [NewKey] and [NewID], and sends both
// within the conversation, with the size of the file and its SHA-256. Then both
// sides have a [Cipher] of [New], whose SealTo and OpenTo turn a piece of the
// file into a chunk and back. [Layout] says which piece that is: the file is
// padded by Padmé, so that its length tells little.
//
// A chunk opens only as the one that it is: under its own file's key, ID and
// size, at its own index. Whoever has opened every chunk of the layout has every
// byte that was sealed for it, in its place. That they are of one version of the
// file, and not some from before it was changed, is what its SHA-256 is for, and
// left to the caller.
//
// docs/protocol.md, "Files", specifies all of this.
package filecrypt
