"""Noise_XX_25519_ChaChaPoly_SHA256 (Noise, revision 34), as far as "Handshake" needs it."""

import struct

from aead import ietf_open, ietf_seal
from basics import hmac256, require, sha256
from curves import x25519, x25519_public

NAME = b"Noise_XX_25519_ChaChaPoly_SHA256"


def hkdf2(ck, ikm):
    temp = hmac256(ck, ikm)
    first = hmac256(temp, b"\1")
    return first, hmac256(temp, first + b"\2")


class Noise:
    """The handshake state of one side. trace takes the values in between, for the vectors."""

    def __init__(self, prologue, static_private, ephemeral_private):
        self.s, self.e = static_private, ephemeral_private
        self.ck = self.h = NAME
        self.k, self.n = None, 0
        self.trace = {}
        self.mix_hash(prologue)
        self.trace["hash_0"] = self.h

    def mix_hash(self, data):
        self.h = sha256(self.h + data)

    def dh(self, token, private, public):
        shared = x25519(private, public)
        require(shared != bytes(32), "decrypt")
        self.ck, self.k = hkdf2(self.ck, shared)
        self.n = 0
        self.trace[token] = {"shared": shared, "chaining_key": self.ck, "cipher_key": self.k}

    def encrypt(self, plaintext):
        out = plaintext
        if self.k:
            out = ietf_seal(self.k, self.nonce(), self.h, plaintext)
        self.mix_hash(out)
        return out

    def decrypt(self, data):
        out = data
        if self.k:
            out = ietf_open(self.k, self.nonce(), self.h, data)
        self.mix_hash(data)
        return out

    def nonce(self):
        self.n += 1
        return bytes(4) + struct.pack("<Q", self.n - 1)

    def write_1(self, payload):
        e = x25519_public(self.e)
        self.mix_hash(e)
        return e + self.end("hash_1", self.encrypt(payload))

    def read_1(self, message):
        self.re = message[:32]
        self.mix_hash(self.re)
        return self.end("hash_1", self.decrypt(message[32:]))

    def write_2(self, payload):
        e = x25519_public(self.e)
        self.mix_hash(e)
        self.dh("ee", self.e, self.re)
        s = self.encrypt(x25519_public(self.s))
        self.dh("es", self.s, self.re)
        return e + s + self.end("hash_2", self.encrypt(payload))

    def read_2(self, message):
        self.re = message[:32]
        self.mix_hash(self.re)
        self.dh("ee", self.e, self.re)
        self.rs = self.decrypt(message[32:80])
        self.dh("es", self.e, self.rs)
        return self.end("hash_2", self.decrypt(message[80:]))

    def write_3(self, payload):
        s = self.encrypt(x25519_public(self.s))
        self.dh("se", self.s, self.re)
        return s + self.end("handshake_hash", self.encrypt(payload))

    def read_3(self, message):
        self.rs = self.decrypt(message[:48])
        self.dh("se", self.e, self.rs)
        return self.end("handshake_hash", self.decrypt(message[48:]))

    def end(self, name, result):
        self.trace[name] = self.h
        return result

    def split(self):
        return hkdf2(self.ck, b"")
