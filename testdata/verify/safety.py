"""Section "Safety numbers" of docs/protocol.md.

The list of BIP 39 is not in testdata. Words stands for it with the words that occur in the
vectors, and with what holds for that list: it is sorted, its words have 3 to 8 letters, and
their first four letters tell them apart. That decides about each word that is compared.
"""

import hashlib
import hmac

from basics import Refused, label, require, u8
from text import WHITE_SPACE, after_scheme, base32_decode, base32_encode, to_upper

SCHEME = "ONIONWIRE-SAFETY:"


def fingerprint(key):
    h = hashlib.sha512(label("safety number") + u8(1) + key).digest()
    for _ in range(2, 5201):
        h = hashlib.sha512(h + key).digest()
    return h


def digits(f):
    return " ".join(f"{int.from_bytes(f[5 * i:5 * i + 5], 'big') % 100000:05}" for i in range(6))


def word_indices(f):
    bits = int.from_bytes(f[30:41], "big")
    return [bits >> 11 * (7 - i) & 2047 for i in range(8)]


def code(shown_by, other):
    return SCHEME + base32_encode(u8(1) + shown_by[:32] + other[:32])


class Words:
    """The part of the list that is known: from index to word."""

    def __init__(self, known):
        self.known = known

    def consistent(self):
        words = [self.known[i] for i in sorted(self.known)]
        return (words == sorted(words) and len({w[:4] for w in words}) == len(words)
                and all(3 <= len(w) <= 8 and self.is_lower(w) for w in words))

    @staticmethod
    def is_lower(word):
        return all("a" <= c <= "z" for c in word)

    def index(self, typed):
        for i, word in self.known.items():
            if typed in (word, word[:4]):
                return i
        impossible = (not self.is_lower(typed) or not 3 <= len(typed) <= 8
                      or typed < self.known[0] or typed > self.known[2047])
        if not impossible:
            raise ValueError(f"cannot tell without the list of BIP 39 whether it has {typed!r}")
        raise Refused("malformed")


def ascii_lower(text):
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def compare_typed(text, halves, words):
    """Whether a typed text is the number with these fingerprints, the lower one first."""
    parts = "".join(" " if c in WHITE_SPACE else c for c in ascii_lower(text)).split(" ")
    parts = [part for part in parts if part]
    number = "".join(parts)
    if number and all(c in "0123456789" for c in number):
        require(len(number) == 60, "malformed")
        expected = "".join(digits(f) for f in halves).replace(" ", "")
        return hmac.compare_digest(number, expected)
    require(len(parts) == 16, "malformed")
    return [words.index(part) for part in parts] == [i for f in halves for i in word_indices(f)]


def compare_code(text, own, other):
    """Whether a scanned text is the code that the other side should show."""
    first, body, alphabet = after_scheme(text, SCHEME)
    require(first <= 1, "newer")
    require(first == 1 and len(body) == 104, "malformed")
    data = base32_decode(to_upper(body, alphabet))
    if data[1:] == own[:32] + other[:32]:
        raise Refused("own")
    return hmac.compare_digest(data[1:], other[:32] + own[:32])


def compare(text, own, other, words):
    """The result that a text has for the one with the fingerprint own."""
    stripped = text.strip(WHITE_SPACE)
    try:
        require(len(text.encode()) <= 1024, "malformed")
        if stripped.upper().startswith(SCHEME):
            same = compare_code(stripped, own, other)
        else:
            same = compare_typed(text, sorted((own, other)), words)
    except Refused as refused:
        return refused.kind
    return "match" if same else "no match"
