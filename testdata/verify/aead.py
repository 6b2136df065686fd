"""Seal and Open of "Notation": XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), and the
ChaCha20-Poly1305 of RFC 8439 which Noise uses.

All blocks of a message are computed side by side: each of the 16 words of the state is
one large number with 64 bits for each block, of which the lower 32 are in use.
"""

import hmac
import struct

from basics import Refused, require

ROUND = ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
         (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14))
CONSTANTS = struct.unpack("<4I", b"expand 32-byte k")


def rounds(words, mask):
    """The 20 rounds, RFC 8439, section 2.3, without the addition at the end."""
    s = list(words)
    for _ in range(10):
        for a, b, c, d in ROUND:
            for left, (x, y, z) in ((16, (a, b, d)), (12, (c, d, b)), (8, (a, b, d)), (7, (c, d, b))):
                s[x] = (s[x] + s[y]) & mask
                t = s[z] ^ s[x]
                s[z] = (t << left | t >> (32 - left)) & mask
    return s


def chacha20(key, nonce, length):
    """The key stream from block 0 on, with a nonce of 12 bytes."""
    blocks = -(-length // 64)
    ones = int.from_bytes(b"\1\0\0\0\0\0\0\0" * blocks, "little")
    mask = ones * 0xFFFFFFFF
    counters = int.from_bytes(b"".join(struct.pack("<Q", i) for i in range(blocks)), "little")
    start = [ones * w for w in CONSTANTS + struct.unpack("<8I", key)]
    start += [counters] + [ones * w for w in struct.unpack("<3I", nonce)]
    out = [0] * (16 * blocks)
    for i, word in enumerate(rounds(start, mask)):
        word = (word + start[i]) & mask
        out[i::16] = struct.unpack(f"<{2 * blocks}I", word.to_bytes(8 * blocks, "little"))[::2]
    return struct.pack(f"<{16 * blocks}I", *out)[:length]


def hchacha20(key, nonce):
    s = rounds(CONSTANTS + struct.unpack("<8I", key) + struct.unpack("<4I", nonce), 0xFFFFFFFF)
    return struct.pack("<8I", *s[:4], *s[12:])


def poly1305(key, m):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    acc = 0
    for i in range(0, len(m), 16):
        acc = (acc + int.from_bytes(m[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((acc + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")


def xor(a, b):
    return (int.from_bytes(a, "little") ^ int.from_bytes(b, "little")).to_bytes(len(a), "little")


def tag(one_time_key, ad, c):
    pad_ad, pad_c = bytes(-len(ad) % 16), bytes(-len(c) % 16)
    return poly1305(one_time_key, ad + pad_ad + c + pad_c + struct.pack("<QQ", len(ad), len(c)))


def ietf_seal(key, nonce, ad, p):
    stream = chacha20(key, nonce, 64 + len(p))
    c = xor(p, stream[64:])
    return c + tag(stream[:32], ad, c)


def ietf_open(key, nonce, ad, sealed):
    require(len(sealed) >= 16, "decrypt")
    c = sealed[:-16]
    if not hmac.compare_digest(tag(chacha20(key, nonce, 32), ad, c), sealed[-16:]):
        raise Refused("decrypt")
    return xor(c, chacha20(key, nonce, 64 + len(c))[64:])


def seal(key, nonce, ad, p):
    return ietf_seal(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], ad, p)


def open_(key, nonce, ad, sealed):
    return ietf_open(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], ad, sealed)
