package e2ee_test

import (
	"bytes"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// vectorID is a session ID between whose ends there is nothing special.
func vectorID(first, last byte) hexBytes {
	b := bytes.Repeat([]byte{0x80}, 32)
	b[0], b[31] = first, last
	return b
}

// The times of use, and those at which it is looked for old ones, count from
// vectorNow.

func orderCases() []orderVector {
	id := vectorID
	return []orderVector{
		{Comment: "the higher generation", Sessions: []vectorSession{{1, id(0, 0), isConfirmed, 0}, {2, id(9, 0), isConfirmed, 0}}},
		{Comment: "the lower ID, unsigned", Sessions: []vectorSession{{5, id(0x80, 0), isConfirmed, 0}, {5, id(0x7f, 9), isConfirmed, 0}}},
		{Comment: "the lower ID, in the last byte", Sessions: []vectorSession{{5, id(3, 1), isConfirmed, 0}, {5, id(3, 2), isConfirmed, 0}}},
		{Comment: "the best is not usable", Sessions: []vectorSession{{1, id(1, 0), isConfirmed, 0}, {2, id(1, 1), isSuspended, 0}}},
		{Comment: "the best is pending", Sessions: []vectorSession{{1, id(1, 0), isConfirmed, 0}, {2, id(1, 1), isPending, 0}}},
		{Comment: "the best is suspended, the next pending", Sessions: []vectorSession{
			{1, id(1, 0), isConfirmed, 0}, {3, id(1, 2), isSuspended, 0}, {2, id(1, 1), isPending, 0},
		}},
		{Comment: "none is usable", Sessions: []vectorSession{{1, id(1, 0), isSuspended, 0}}},
		{Comment: "the highest generation but one", Sessions: []vectorSession{{reference.MaxGeneration - 1, id(1, 0), isConfirmed, 0}}},
		{Comment: "the highest generation", Sessions: []vectorSession{
			{reference.MaxGeneration, id(1, 0), isConfirmed, 0}, {1 << 62, id(0, 0), isConfirmed, 0},
		}},
		{Comment: "two of the highest generation", Sessions: []vectorSession{
			{reference.MaxGeneration, id(1, 0), isConfirmed, 0}, {reference.MaxGeneration, id(0, 0), isConfirmed, 0},
		}},
	}
}

func excessCases() []orderVector {
	id := vectorID
	return []orderVector{
		{Comment: "as many as there may be", Sessions: []vectorSession{
			{9, id(1, 0), isConfirmed, 1}, {8, id(2, 0), isConfirmed, 2}, {7, id(3, 0), isConfirmed, 3}, {6, id(4, 0), isConfirmed, 4},
		}},
		{Comment: "one too many: the last use the longest ago", Sessions: []vectorSession{
			{5, id(1, 0), isConfirmed, 3}, {8, id(2, 0), isConfirmed, 2}, {7, id(3, 0), isConfirmed, 1}, {6, id(4, 0), isConfirmed, 4}, {9, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: whether the others are usable has no part", Sessions: []vectorSession{
			{5, id(1, 0), isSuspended, 3}, {8, id(2, 0), isConfirmed, 1}, {7, id(3, 0), isSuspended, 2}, {6, id(4, 0), isSuspended, 4}, {9, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: equal times, the worst", Sessions: []vectorSession{
			{7, id(1, 0), isConfirmed, 1}, {8, id(2, 0), isConfirmed, 1}, {6, id(4, 0), isConfirmed, 1}, {6, id(3, 0), isConfirmed, 1}, {9, id(5, 0), isConfirmed, 1},
		}},
		{Comment: "one too many: the best is in use, and its use the longest ago", Sessions: []vectorSession{
			{9, id(1, 0), isConfirmed, 1}, {8, id(2, 0), isConfirmed, 3}, {7, id(3, 0), isConfirmed, 2}, {6, id(4, 0), isConfirmed, 4}, {5, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: one is in use behind the best, and both their uses the longest ago", Sessions: []vectorSession{
			{9, id(1, 0), isSuspended, 1}, {8, id(2, 0), isConfirmed, 2}, {7, id(3, 0), isConfirmed, 4}, {6, id(4, 0), isConfirmed, 3}, {5, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: the best is suspended, one pending, one confirmed, and their uses the longest ago", Sessions: []vectorSession{
			{9, id(1, 0), isSuspended, 1}, {8, id(2, 0), isPending, 2}, {7, id(3, 0), isConfirmed, 3}, {6, id(4, 0), isConfirmed, 4}, {5, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: the best confirmed one behind two that are pending", Sessions: []vectorSession{
			{9, id(1, 0), isPending, 3}, {8, id(2, 0), isPending, 4}, {7, id(3, 0), isConfirmed, 1}, {6, id(4, 0), isSuspended, 2}, {5, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: better than the one in use, and not the best", Sessions: []vectorSession{
			{9, id(1, 0), isSuspended, 1}, {8, id(2, 0), isSuspended, 2}, {7, id(3, 0), isConfirmed, 3}, {6, id(4, 0), isConfirmed, 4}, {5, id(5, 0), isConfirmed, 5},
		}},
		{Comment: "one too many: the new one is the worst, and the clock was set back", Sessions: []vectorSession{
			{9, id(1, 0), isConfirmed, 5}, {8, id(2, 0), isConfirmed, 4}, {7, id(3, 0), isConfirmed, 2}, {6, id(4, 0), isConfirmed, 3}, {5, id(5, 0), isConfirmed, 1},
		}},
		{Comment: "one too many: none is usable, so none is in use", Sessions: []vectorSession{
			{9, id(1, 0), isSuspended, 2}, {8, id(2, 0), isSuspended, 3}, {7, id(3, 0), isSuspended, 4}, {6, id(4, 0), isSuspended, 1}, {8, id(5, 0), isSuspended, 5},
		}},
	}
}

func expiryCases() []orderVector {
	const age = reference.MaxSessionAge
	id := vectorID
	return []orderVector{
		{Comment: "those worse than the best confirmed one, when they are too old", Time: age, Sessions: []vectorSession{
			{9, id(1, 0), isConfirmed, 200}, {8, id(2, 0), isConfirmed, 99}, {7, id(3, 0), isConfirmed, 101}, {6, id(4, 0), isSuspended, 50},
		}},
		{Comment: "the best confirmed one, however old", Time: 100 * age, Sessions: []vectorSession{
			{5, id(1, 0), isConfirmed, 0}, {5, id(2, 0), isConfirmed, 0},
		}},
		{Comment: "better ones that wait to be confirmed, however old", Time: 100 * age, Sessions: []vectorSession{
			{9, id(1, 0), isSuspended, 0}, {8, id(2, 0), isSuspended, 0}, {7, id(3, 0), isConfirmed, 0}, {6, id(4, 0), isConfirmed, 0},
		}},
		{Comment: "behind one that is pending, until it is confirmed", Time: 100 * age, Sessions: []vectorSession{
			{9, id(1, 0), isPending, 0}, {8, id(2, 0), isSuspended, 0}, {7, id(3, 0), isConfirmed, 0}, {6, id(4, 0), isConfirmed, 0},
		}},
		{Comment: "none is confirmed, so none is worse than the best that is", Time: 100 * age, Sessions: []vectorSession{
			{9, id(1, 0), isPending, 0}, {8, id(2, 0), isSuspended, 0},
		}},
		{Comment: "used in the future, as the clock says that was set back", Time: age, Sessions: []vectorSession{
			{9, id(1, 0), isConfirmed, 0}, {8, id(2, 0), isConfirmed, 10 * age},
		}},
	}
}
