"""Sections "Notation" and "Constants" of docs/protocol.md, up to HKDF."""

import hashlib
import hmac

VERSION = 2
PROTOCOL = b"onionwire-e2ee"
CELL_SIZE = 4096
MAX_CONTENT = 66560
MAX_CELL = 69632
MAX_CHAIN = 2**32 - 1
MAX_JUMP = 1024
MAX_SKIPPED_IN_CHAIN = 1024
MAX_SKIPPED = 2048
MAX_SKIPPED_CHAINS = 8
MAX_SKIPPED_AGE = 30 * 24 * 60 * 60
MAX_SESSIONS = 4
MAX_SESSION_AGE = 30 * 24 * 60 * 60
MAX_GENERATION = 2**63 - 1
MAX_FILE = 10 * 2**30
MIN_PADDED = 4096
CHUNK_SIZE = 65536


class Refused(Exception):
    """An input is refused; kind is the class of the error in the text."""

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def require(condition, kind):
    if not condition:
        raise Refused(kind)


def label(name):
    """All labels are the protocol name, the version and what they are for."""
    return PROTOCOL + b"-2 " + name.encode("ascii")


def u8(n):
    return n.to_bytes(1, "big")


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


def lp(x):
    return u16(len(x)) + x


def sha256(m):
    return hashlib.sha256(m).digest()


def hmac256(key, m):
    return hmac.digest(key, m, "sha256")


def hkdf_expand(prk, info, n):
    out = block = b""
    counter = 1
    while len(out) < n:
        block = hmac256(prk, block + info + u8(counter))
        out += block
        counter += 1
    return out[:n]


def hkdf(ikm, salt, info, n):
    return hkdf_expand(hmac256(salt or bytes(32), ikm), info, n)


class Reader:
    """Takes fields of fixed length off a byte string; too short is of the given kind."""

    def __init__(self, data, kind):
        self.data, self.at, self.kind = data, 0, kind

    def take(self, n):
        require(self.at + n <= len(self.data), self.kind)
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")

    def end(self):
        require(self.at == len(self.data), self.kind)
