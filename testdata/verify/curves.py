"""X25519 (RFC 7748) and Ed25519 (RFC 8032), with what "Notation", "Identity" and
"Contact links" ask of points."""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1, 1, 0)
SMALL_ORDER = {0, 1, P - 1} | {int.from_bytes(bytes.fromhex(point), "little") for point in (
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")}


def acceptable(point):
    u = int.from_bytes(point, "little")
    return u < P and u not in SMALL_ORDER


def x25519(k, u):
    k = int.from_bytes(k, "little") & (2**254 - 8) | 2**254
    x1 = int.from_bytes(u, "little") % 2**255 % P
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def x25519_public(k):
    return x25519(k, (9).to_bytes(32, "little"))


def add(p, q):
    """RFC 8032, section 5.1.4: (X, Y, Z, T)."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(s, p):
    q = NEUTRAL
    for bit in bin(s)[2:]:
        q = add(q, q)
        if bit == "1":
            q = add(q, p)
    return q


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def decode(encoded):
    """The point of a canonical encoding (RFC 8032, section 5.1.3), otherwise None."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number % 2**255
    if y >= P:
        return None
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (v * x * x - u) % P != 0 or (x == 0 and sign):
        return None
    if x % 2 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def encode(p):
    z = pow(p[2], P - 2, P)
    return (p[1] * z % P | (p[0] * z % P % 2) << 255).to_bytes(32, "little")


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def hash_number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def expand_seed(seed):
    h = hashlib.sha512(seed).digest()
    return int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254, h[32:]


def ed25519_public(seed):
    return encode(multiply(expand_seed(seed)[0], BASE))


def sign(seed, m):
    s, prefix = expand_seed(seed)
    public = ed25519_public(seed)
    r = hash_number(prefix, m) % ORDER
    commitment = encode(multiply(r, BASE))
    k = hash_number(commitment, public, m) % ORDER
    return commitment + ((r + k * s) % ORDER).to_bytes(32, "little")


def verify(public, m, signature):
    a, r = decode(public), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    k = hash_number(signature[:32], public, m) % ORDER
    return equal(multiply(s, BASE), add(r, multiply(k, a)))


def of_prime_order(encoded):
    """Whether this is the canonical encoding of a point of the prime order."""
    p = decode(encoded)
    return p is not None and not equal(p, NEUTRAL) and equal(multiply(ORDER, p), NEUTRAL)
