"""Sections "The ratchet", "Cells" and "Opening a cell" of docs/protocol.md."""

import copy

import curves
import mlkem
from aead import open_, seal
from basics import (CELL_SIZE, MAX_CELL, MAX_CHAIN, MAX_CONTENT, MAX_JUMP, Reader, Refused, hkdf, hmac256, label,
                    require, sha256, u8, u32)
from skipped import Skipped

KEYS = 32 + mlkem.KEY
PART = KEYS + mlkem.CIPHERTEXT
HEADER = 24 + 8 + PART + 16


def chain_step(ck):
    """(cell key, next CK)"""
    return hmac256(ck, u8(1)), hmac256(ck, u8(2))


def root_step(rk, shared, ss, bind):
    """(RK, CK, NHK)"""
    out = hkdf(shared + ss, rk, label("ratchet") + bind, 96)
    return out[:32], out[32:64], out[64:]


class Session:
    """The names are those of the table; part_s and part_r are the ratchet parts of the two
    chains, first_s and first_r the numbers of their first cells. A chain that is not there
    has None for its keys; the keys of the peer are in part_r."""

    def __init__(self, role, session_id, features, generation, rk, nhks, nhkr):
        self.role, self.session_id, self.features, self.generation = role, session_id, features, generation
        self.rk, self.nhks, self.nhkr = rk, nhks, nhkr
        self.confirmed = role == "responder"
        self.used = 0
        self.own = self.cks = self.hks = self.part_s = None
        self.ckr = self.hkr = self.part_r = None
        self.first_s = self.ns = self.pns = self.first_r = self.nr = 0
        self.skipped = Skipped()

    @classmethod
    def of_initiator(cls, keys, features, generation, ratchet_keys):
        s = cls("initiator", keys["session_id"], features, generation, keys["root_key"],
                keys["next_header_key_from_initiator"], keys["next_header_key_from_responder"])
        s.ckr, s.hkr = keys["first_chain_key"], keys["first_header_key"]
        s.part_r = ratchet_keys + bytes(mlkem.CIPHERTEXT)
        return s

    @classmethod
    def of_responder(cls, keys, features, generation, ratchet_keys, pair):
        s = cls("responder", keys["session_id"], features, generation, keys["root_key"],
                keys["next_header_key_from_responder"], keys["next_header_key_from_initiator"])
        s.cks, s.hks, s.own = keys["first_chain_key"], keys["first_header_key"], pair
        s.part_s = ratchet_keys + bytes(mlkem.CIPHERTEXT)
        return s

    def header_ad(self):
        return label("header") + self.session_id

    def sending_step(self, x, seed, randomness):
        ct, ss = mlkem.encaps(self.part_r[32:KEYS], randomness)
        part = curves.x25519_public(x) + mlkem.key_gen(seed)[0] + ct
        bind = sha256(part + self.part_r[:KEYS])
        shared = curves.x25519(x, self.part_r[:32])
        self.rk, self.cks, following = root_step(self.rk, shared, ss, bind)
        self.hks, self.nhks = self.nhks, following
        self.first_s, self.pns, self.ns = self.first_s + self.ns, self.ns, 0
        self.own, self.part_s = (x, seed), part
        return {"ratchet_part": part, "x25519_shared": shared, "mlkem_shared": ss, "bind": bind}

    def receiving_step(self, part, pn):
        x, seed = self.own
        bind = sha256(part + self.part_s[:KEYS])
        shared, ss = curves.x25519(x, part[:32]), mlkem.decaps(mlkem.key_gen(seed)[1], part[KEYS:])
        self.rk, self.ckr, following = root_step(self.rk, shared, ss, bind)
        self.hkr, self.nhkr = self.nhkr, following
        self.first_r, self.nr = self.first_r + pn, 0
        self.part_r = part
        self.own = self.cks = self.hks = self.part_s = None
        return {"x25519_shared": shared, "mlkem_shared": ss, "bind": bind}

    def seal(self, content, nonce, new_pair):
        """Seals a cell; new_pair is (x, ML-KEM seed, randomness of Encaps) for a sending step."""
        require(len(content) <= MAX_CONTENT, "too large")
        out = {"step": None}
        if self.own is None:
            out["step"] = self.sending_step(*new_pair)
        require(self.ns < MAX_CHAIN, "exhausted")
        key, self.cks = chain_step(self.cks)
        header = u32(self.ns) + u32(self.pns) + self.part_s
        start = nonce + seal(self.hks, nonce, self.header_ad(), header)
        plaintext = u32(len(content)) + content
        plaintext += bytes(-(len(start) + len(plaintext) + 16) % CELL_SIZE)
        out.update(number=self.first_s + self.ns, n=self.ns, pn=self.pns, header_key=self.hks, cell_key=key,
                   cell=start + seal(key, nonce, start, plaintext))
        self.ns += 1
        return out

    def open(self, cell, now):
        """Opens a cell, or raises Refused with the state as it was but for expired keys."""
        require(0 < len(cell) <= MAX_CELL and len(cell) % CELL_SIZE == 0, "malformed")
        self.skipped.expire(now)
        after = copy.deepcopy(self)
        out = after.open_here(cell, now)
        self.__dict__ = after.__dict__
        return out

    def open_here(self, cell, now):
        key, out = self.find_key(cell, now)
        plaintext = open_(key, cell[:24], cell[:HEADER], cell[HEADER:])
        length = int.from_bytes(plaintext[:4], "big")
        require(length <= min(MAX_CONTENT, len(plaintext) - 4), "malformed")
        require(not any(plaintext[4 + length:]), "malformed")
        self.confirmed = True
        out.update(content=plaintext[4:4 + length], cell_key=key)
        return out

    def find_key(self, cell, now):
        """Steps 3 to 6: the cell key, with the state changed as if the cell were good."""
        for kind, header_key in self.header_keys():
            try:
                header = open_(header_key, cell[:24], self.header_ad(), cell[24:HEADER])
            except Refused:
                continue
            r = Reader(header, "malformed")
            n, pn, part = r.number(4), r.number(4), r.take(PART)
            if kind == "next":
                return self.key_after_step(n, pn, part, now)
            if kind == "current":
                require(part == self.part_r and n < MAX_CHAIN, "malformed")
                if n >= self.nr:
                    require(n - self.nr <= MAX_JUMP, "gap")
                    return self.key_of_chain(n, now), {"number": self.first_r + n, "step": None}
            return self.earlier(header_key, n)
        raise Refused("decrypt")

    def header_keys(self):
        if self.hkr is not None:
            yield "current", self.hkr
        if self.own is not None:
            yield "next", self.nhkr
        for chain in reversed(self.skipped.chains):
            yield "skipped", chain.header_key

    def key_after_step(self, n, pn, part, now):
        require(pn >= self.nr if self.hkr is not None else pn == 0, "malformed")
        require(pn - self.nr + n <= MAX_JUMP, "gap")
        require(curves.acceptable(part[:32]) and mlkem.valid_key(part[32:KEYS]), "malformed")
        if self.hkr is not None:
            self.skip_to(pn, now)
        step = self.receiving_step(part, pn)
        return self.key_of_chain(n, now), {"number": self.first_r + n, "step": step}

    def key_of_chain(self, n, now):
        self.skip_to(n, now)
        key, self.ckr = chain_step(self.ckr)
        self.nr += 1
        return key

    def skip_to(self, n, now):
        """Keeps the keys from Nr up to, and without, n in the receiving chain."""
        keys = {}
        for i in range(self.nr, n):
            key, self.ckr = chain_step(self.ckr)
            keys[i] = now, key
        self.skipped.put(self.hkr, self.first_r, keys)
        self.nr = n

    def earlier(self, header_key, n):
        found = self.skipped.take(header_key, n)
        require(found, "repeated")
        number, key = found
        return key, {"number": number, "step": None}
