// Package transfer moves a file between two contacts that have agreed on it, on a
// stream of its own, beside their messages. docs/protocol.md, "Moving files", is the
// specification.
//
// The receiver opens the stream and calls [Fetch], the sender answers with [Serve].
// The receiver asks for every chunk, in their order and from where it has got to, so
// that it is the one who decides how fast it goes. A [Limiter] keeps as many chunks
// under way as the path takes without a long queue, because messages wait in that
// queue too; all that is fetched from one contact shares one.
//
// It knows nothing of disks, and does not decide who may have what. Memory does not
// grow with the file, whatever the other side does: 128 KiB are taken for each stream.
package transfer
