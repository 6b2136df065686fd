"""Section "Several sessions with one contact" of docs/protocol.md: order, sealing, replacing."""

from basics import MAX_SESSIONS


def best_first(sessions):
    """Indices of sessions, given as (generation, session ID, usable), the best first."""
    return sorted(range(len(sessions)), key=lambda i: (-sessions[i][0], sessions[i][1]))


def seals(sessions, order):
    """Which session seals: the best that is usable; None if there is none."""
    return next((i for i in order if sessions[i][2]), None)


def to_erase(sessions, new):
    """Which session goes when there are too many; new is the one that has just joined."""
    if len(sessions) <= MAX_SESSIONS:
        return None
    order = best_first(sessions)
    spare = [i for i in order if not sessions[i][2] and i != new]
    return (spare or order)[-1]


def next_generation(sessions):
    return max((s[0] for s in sessions), default=0) + 1
