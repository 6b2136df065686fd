// Package reach decides when which contact is dialled, which of several links with a
// contact is written on and which of them go, which idle link is closed, and who is
// shown as present. It does no I/O, reads no clock and starts no goroutine.
//
// Whoever drives a [Plan] tells it who is wanted and what becomes of dials and links,
// calls [Plan.Tick] when [Plan.Next] says so, and does what [Plan.Take] returns:
//
//	plan.Want(now, contact, reach.Urgent)
//	for _, a := range plan.Take() {
//		switch a := a.(type) {
//		case reach.Dial: // and then LinkUp, or DialFailed
//		case reach.CancelDial: // nothing is reported of that dial any more
//		case reach.Close: // LinkDown may follow, and means nothing any more
//		case reach.Switch: // all that is not confirmed is sent again on that link
//		case reach.Presence:
//		}
//	}
//
// # Links that cross
//
// Both sides of a conversation dial, and both follow the same rules, each by what it
// sees. A link is heard once something authentic has come back on it. Whoever has
// opened a link says something at once, and the other side answers at once, so that a
// link that works is soon heard by both.
//
//   - Who hears the other side gives up a dial that is under way.
//   - Written on is the link that is heard, or else the newest.
//   - When one link is heard and another of our own is not: the side with the higher
//     peer ID closes its own, the side with the lower one gives it 15 seconds more.
//   - When two are heard, they have crossed, or the newer one replaces an older one
//     that the other side has lost: who has a working link does not open another. Of
//     two that crossed, the one stays that the lower side has opened; otherwise the
//     newer.
//
// Two links have crossed if they were opened by different sides and the newer one came
// up before the older had been heard for ten seconds. That is longer than a first word
// is under way, so a side that has already heard the older one does not open the newer
// that late, and both sides choose the same. Should they choose differently after all,
// both links are lost, and both dial again.
//
// A Plan is not safe for concurrent use.
package reach
