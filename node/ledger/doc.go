// Package ledger has the nouns of a profile: contacts, conversations, messages and
// what becomes of them, the queue of what is to be sent, files, events. Package
// engine decides about them, package store keeps them, and neither knows the other:
// between them go the [Change] values of this package.
//
// Numbers are given by the engine, from [Counters], and never used again. Times have
// a resolution of milliseconds, the zero time means none.
package ledger
