"""Sections "Identity", "Handshake", "Handshake messages" and "Key schedule" of docs/protocol.md."""

import curves
import mlkem
from basics import (MAX_GENERATION, PROTOCOL, VERSION, Reader, hkdf, hkdf_expand, label, lp, require, u8,
                    u32, u64)
from noise import Noise
from ratchet import Session

MESSAGE_1, MESSAGE_2, MESSAGE_3 = 1222, 2510, 169


class Identity:
    def __init__(self, seed):
        self.key = curves.ed25519_public(seed)
        self.static = hkdf(seed, b"", label("static key"), 32)
        self.static_public = curves.x25519_public(self.static)
        self.signature = curves.sign(seed, label("certificate") + self.static_public)


def prologue(initiator_id, responder_id):
    return lp(PROTOCOL) + u8(VERSION) + lp(initiator_id) + lp(responder_id)


def key_schedule(k1, k2, kem, h):
    initial = hkdf(k1 + k2 + kem, h, label("initial secret"), 32)
    keys = {"handshake_hash": h, "k1": k1, "k2": k2, "kem": kem, "initial_secret": initial}
    for name in ("root key", "first chain key", "first header key", "next header key from initiator",
                 "next header key from responder", "session id"):
        keys[name.replace(" ", "_")] = hkdf_expand(initial, label(name), 32)
    return keys


class Side:
    """What both sides have in common. The random bytes of a vector are attributes of it."""

    def __init__(self, own, peer_ids, expected, random):
        self.identity = Identity(own["identity_seed"])
        self.own, self.expected, self.random = own, expected, random
        self.prologue = prologue(*peer_ids)
        self.noise = Noise(self.prologue, self.identity.static, random["ephemeral_private"])

    def check_versions(self, highest):
        require(highest >= VERSION, "malformed")
        self.downgrade = min(highest, self.own["highest_version"]) > VERSION

    def check_identity(self, identity_key, signature):
        """Checks 3 to 5 of messages 2 and 3."""
        require(curves.acceptable(self.noise.rs), "malformed")
        require(self.noise.rs != self.identity.static_public, "identity")
        require(identity_key == self.expected, "identity")
        require(curves.verify(identity_key, label("certificate") + self.noise.rs, signature), "certificate")

    def check_generation(self, proposed):
        require(1 <= proposed <= MAX_GENERATION, "malformed")
        self.generation = max(proposed, self.own["generation"])

    def certificate(self):
        return self.identity.key + self.identity.signature

    def finish(self):
        self.keys = key_schedule(*self.noise.split(), self.kem, self.noise.h)


class Initiator(Side):
    def write_1(self):
        ek, self.dk = mlkem.key_gen(self.random["mlkem_seed"])
        self.payload_1 = u8(VERSION) + u8(self.own["highest_version"]) + u32(self.own["features"]) + ek
        return self.noise.write_1(self.payload_1)

    def read_2(self, message):
        require(len(message) == MESSAGE_2 and curves.acceptable(message[:32]), "malformed")
        r = Reader(self.noise.read_2(message), "malformed")
        ciphertext, identity_key, signature = r.take(mlkem.CIPHERTEXT), r.take(32), r.take(64)
        self.check_identity(identity_key, signature)
        self.peer_hint = r.number(1)
        require(self.peer_hint <= 1, "malformed")
        self.check_versions(r.number(1))
        self.features = r.number(4) & self.own["features"]
        self.check_generation(r.number(8))
        self.ratchet_keys = r.take(32 + mlkem.KEY)
        require(curves.acceptable(self.ratchet_keys[:32]) and mlkem.valid_key(self.ratchet_keys[32:]), "malformed")
        require(not self.downgrade, "downgrade")
        self.kem = mlkem.decaps(self.dk, ciphertext)

    def write_3(self):
        self.payload_3 = self.certificate() + u8(self.own["hint"]) + u64(self.own["generation"])
        message = self.noise.write_3(self.payload_3)
        self.finish()
        return message

    def session(self):
        return Session.of_initiator(self.keys, self.features, self.generation, self.ratchet_keys)


class Responder(Side):
    def read_1(self, message):
        require(len(message) >= 33, "malformed")
        require(message[32] == VERSION, "version")
        require(len(message) == MESSAGE_1 and curves.acceptable(message[:32]), "malformed")
        r = Reader(self.noise.read_1(message), "malformed")
        r.take(1)
        self.check_versions(r.number(1))
        require(not self.downgrade, "downgrade")
        self.features = r.number(4) & self.own["features"]
        self.peer_ek = r.take(mlkem.KEY)
        require(mlkem.valid_key(self.peer_ek), "malformed")

    def write_2(self):
        ciphertext, self.kem = mlkem.encaps(self.peer_ek, self.random["encapsulation_randomness"])
        self.pair = self.random["ratchet_x25519_private"], self.random["ratchet_mlkem_seed"]
        self.ratchet_keys = curves.x25519_public(self.pair[0]) + mlkem.key_gen(self.pair[1])[0]
        self.payload_2 = (ciphertext + self.certificate() + u8(self.own["hint"]) + u8(self.own["highest_version"])
                          + u32(self.own["features"]) + u64(self.own["generation"]) + self.ratchet_keys)
        return self.noise.write_2(self.payload_2)

    def read_3(self, message):
        require(len(message) == MESSAGE_3, "malformed")
        r = Reader(self.noise.read_3(message), "malformed")
        self.check_identity(r.take(32), r.take(64))
        self.peer_hint = r.number(1)
        require(self.peer_hint <= 1, "malformed")
        self.check_generation(r.number(8))
        self.finish()

    def session(self):
        return Session.of_responder(self.keys, self.features, self.generation, self.ratchet_keys, self.pair)
