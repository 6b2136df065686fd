"""Section "Several sessions with one contact" of docs/protocol.md: order, sealing, erasing."""

from collections import namedtuple

from basics import MAX_GENERATION, MAX_SESSION_AGE, MAX_SESSIONS

# is_ is "confirmed", "pending" or "suspended"; used is the time of the last use.
Entry = namedtuple("Entry", "generation session_id is_ used")


def best_first(sessions):
    """Indices of sessions, the best first. sessions is from index to Entry, here and below."""
    return sorted(sessions, key=lambda i: (-sessions[i].generation, sessions[i].session_id))


def in_use(sessions):
    """Which session seals: the best that is usable; None if there is none."""
    return next((i for i in best_first(sessions) if sessions[i].is_ != "suspended"), None)


def best_confirmed(sessions):
    """Which is also the best settled one: in the vectors, all that are confirmed are settled."""
    return next((i for i in best_first(sessions) if sessions[i].is_ == "confirmed"), None)


def too_many(sessions, new):
    """Which session goes when there are too many; new is the one that has just joined."""
    if len(sessions) <= MAX_SESSIONS:
        return None
    order = best_first(sessions)
    kept = {new, order[0], in_use(sessions), best_confirmed(sessions)}
    may_go = [i for i in order if i not in kept]
    longest_ago = min(sessions[i].used for i in may_go)
    return [i for i in may_go if sessions[i].used == longest_ago][-1]


def too_old(sessions, now):
    """Which sessions go because of their age."""
    order, confirmed = best_first(sessions), best_confirmed(sessions)
    if confirmed is None:
        return []
    worse = order[order.index(confirmed) + 1:]
    return [i for i in worse if now - sessions[i].used > MAX_SESSION_AGE]


def next_generation(sessions):
    return min(max((s.generation for s in sessions.values()), default=0) + 1, MAX_GENERATION)
