// Package profile is the folder of an identity: the key file (package vault), the
// database (package store), the list of onion keys in use, the folder of the
// profile's own Tor, and the lock that gives all of it to one process.
//
// [Create] makes a profile, [Restore] makes one from the words of another, [Import]
// from an export, and [Open] opens it:
//
//	p, err := profile.Open(ctx, root, "alice", passphrase)
//	if err != nil {
//		return err
//	}
//	defer p.Close()
//	keys := p.OnionKeys() // the service runs under these, the first is the current one
//
// [Read] tells who a profile is and where it can be reached while another process has
// it open.
//
// # Crashes
//
// A profile is made in a folder aside, ".new-…", and renamed: it is there whole or
// not at all. What a crash leaves aside is removed by the next one that is made. Every
// change to a file of the folder is one step in the same way.
//
// # Secrecy
//
// Nothing in the folder says who the profile is to somebody without the passphrase.
// The name of the folder does, if it was chosen so; it never leaves the machine. If
// the profile was made without a passphrase, whoever can read the folder has all.
//
// Two profiles have no key, no Tor and no file in common. The formats are in
// docs/storage.md.
package profile
