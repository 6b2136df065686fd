"""The skipped keys of "Opening a cell" of docs/protocol.md, with their bounds."""

from basics import MAX_SKIPPED, MAX_SKIPPED_AGE, MAX_SKIPPED_CHAINS, MAX_SKIPPED_IN_CHAIN


class SkippedChain:
    """Skipped keys of one chain, whose first cell has the number first: keys is from N to
    (when it was put there, cell key), ascending."""

    def __init__(self, header_key, first):
        self.header_key, self.first, self.keys = header_key, first, {}


class Skipped:
    """All skipped keys of a session: chains, the oldest first. None of them is empty."""

    def __init__(self):
        self.chains = []
        self.lost = 0

    def put(self, header_key, first, keys):
        """Keeps keys of the chain with this header key, as long as the bounds let them."""
        if not keys:
            return
        if not self.chains or self.chains[-1].header_key != header_key:
            self.chains.append(SkippedChain(header_key, first))
        chain = self.chains[-1]
        chain.keys.update(keys)
        while len(chain.keys) > MAX_SKIPPED_IN_CHAIN:
            self.lose(chain, min(chain.keys))
        while self.count() > MAX_SKIPPED:
            self.lose(self.chains[0], min(self.chains[0].keys))
        while len(self.chains) > MAX_SKIPPED_CHAINS:
            self.lose(self.chains[0], min(self.chains[0].keys))

    def count(self):
        return sum(len(chain.keys) for chain in self.chains)

    def take(self, header_key, n):
        """(number of the cell, its key), which is erased; None if there is none."""
        for chain in self.chains:
            if chain.header_key == header_key and n in chain.keys:
                return chain.first + n, self.erase(chain, n)
        return None

    def erase(self, chain, n):
        _, key = chain.keys.pop(n)
        if not chain.keys:
            self.chains.remove(chain)
        return key

    def lose(self, chain, n):
        self.erase(chain, n)
        self.lost += 1

    def expire(self, now):
        for chain in list(self.chains):
            for n, (put, _) in list(chain.keys.items()):
                if now - put > MAX_SKIPPED_AGE:
                    self.lose(chain, n)
