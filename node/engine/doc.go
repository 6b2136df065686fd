// Package engine decides what a profile says to its contacts and makes of what they
// say: who is a contact, what waits, what is sent when and over which link, what is
// confirmed, and what the user is told. It does no I/O, reads no clock and starts no
// goroutine.
//
// Whoever drives an [Engine] gives it commands, cells that have arrived, what becomes
// of links, and the time, and then calls [Engine.Flush]. That returns an [Output]:
// first the changes that have to be kept, in one transaction, then what may happen
// once they are: cells to write, links to close, dials to make.
//
//	engine.Send(now, conversation, "hello", engine.SendOptions{})
//	for more := true; more; {
//		for _, item := range engine.Needs(now) {
//			engine.Provide(item, content) // from the store
//		}
//		out, err := engine.Flush(now)
//		// commit out.Changes; if that fails, the engine is of no use any more
//		// write out.Cells, close out.Close, dial out.Dial, tell out.Signals
//		more = out.More
//	}
//
// Cells that were written are reported with [Engine.Written], and [Engine.Tick] is
// called when [Engine.Next] says so, and now and then, lest the clock was set back. What the engine needs of a contact while there
// is a link, it is given with [Engine.Load] whenever [Engine.Loaded] says that it is
// not there, and forgets by itself. Rows that it is given, such as the message of
// [Engine.DeleteMessage], are read from the store when nothing waits to be kept: what
// was removed meanwhile cannot be removed again.
//
// If the changes could not be kept, the engine knows more than the disk and is thrown
// away: another is made from what is on the disk, as after a crash.
//
// An Engine is not safe for concurrent use.
package engine
