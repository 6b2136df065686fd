"""ML-KEM-768 (FIPS 203), with the names of that document: KeyGen, Encaps and Decaps of "Notation"."""

import hashlib
import hmac

N, Q, K = 256, 3329, 3
ETA, DU, DV = 2, 10, 4
SEED, KEY, CIPHERTEXT, RANDOMNESS = 64, 1184, 1088, 32


def reversed_bits(i):
    return int(f"{i:07b}"[::-1], 2)


ZETAS = [pow(17, reversed_bits(i), Q) for i in range(128)]
GAMMAS = [pow(17, 2 * reversed_bits(i) + 1, Q) for i in range(128)]


def byte_encode(d, f):
    return sum(c << d * i for i, c in enumerate(f)).to_bytes(32 * d, "little")


def byte_decode(d, b):
    """Without the reduction modulo q of d = 12."""
    n = int.from_bytes(b, "little")
    return [n >> d * i & (1 << d) - 1 for i in range(N)]


def compress(d, f):
    return [((c << d) + Q // 2) // Q % (1 << d) for c in f]


def decompress(d, f):
    return [(c * Q + (1 << d - 1)) >> d for c in f]


def ntt(f):
    f, i = list(f), 1
    for length in (128, 64, 32, 16, 8, 4, 2):
        for start in range(0, N, 2 * length):
            zeta = ZETAS[i]
            i += 1
            for j in range(start, start + length):
                t = zeta * f[j + length]
                f[j + length] = (f[j] - t) % Q
                f[j] = (f[j] + t) % Q
    return f


def inverse_ntt(f):
    f, i = list(f), 127
    for length in (2, 4, 8, 16, 32, 64, 128):
        for start in range(0, N, 2 * length):
            zeta = ZETAS[i]
            i -= 1
            for j in range(start, start + length):
                t = f[j]
                f[j] = (t + f[j + length]) % Q
                f[j + length] = zeta * (f[j + length] - t) % Q
    return [c * 3303 % Q for c in f]


def inner_product(fs, gs):
    """The sum of MultiplyNTTs of the pairs."""
    h = [0] * N
    for f, g in zip(fs, gs):
        for i, gamma in enumerate(GAMMAS):
            a0, a1, b0, b1 = f[2 * i], f[2 * i + 1], g[2 * i], g[2 * i + 1]
            h[2 * i] += a0 * b0 + a1 * b1 % Q * gamma
            h[2 * i + 1] += a0 * b1 + a1 * b0
    return [c % Q for c in h]


def add(f, g):
    return [(a + b) % Q for a, b in zip(f, g)]


def sample_ntt(seed):
    b = hashlib.shake_128(seed).digest(840)
    out = []
    for i in range(0, len(b), 3):
        for d in (b[i] | b[i + 1] % 16 << 8, b[i + 1] >> 4 | b[i + 2] << 4):
            if d < Q:
                out.append(d)
    assert len(out) >= N        # appendix B: but for one key in 2^261
    return out[:N]


def sample_cbd(seed, n):
    """PRF with eta = 2 and SamplePolyCBD."""
    bits = int.from_bytes(hashlib.shake_256(seed + bytes([n])).digest(64 * ETA), "little")
    return [((bits >> 4 * i) & 1) + (bits >> 4 * i + 1 & 1) - (bits >> 4 * i + 2 & 1) - (bits >> 4 * i + 3 & 1)
            for i in range(N)]


def matrix(rho):
    return [[sample_ntt(rho + bytes([j, i])) for j in range(K)] for i in range(K)]


def pke_encrypt(ek, m, r):
    t = [byte_decode(12, ek[384 * i:384 * i + 384]) for i in range(K)]
    a = matrix(ek[384 * K:])
    y = [ntt(sample_cbd(r, i)) for i in range(K)]
    u = [add(inverse_ntt(inner_product([a[j][i] for j in range(K)], y)), sample_cbd(r, K + i)) for i in range(K)]
    mu = decompress(1, byte_decode(1, m))
    v = add(add(inverse_ntt(inner_product(t, y)), sample_cbd(r, 2 * K)), mu)
    return b"".join(byte_encode(DU, compress(DU, f)) for f in u) + byte_encode(DV, compress(DV, v))


def pke_decrypt(s, c):
    u = [ntt(decompress(DU, byte_decode(DU, c[320 * i:320 * i + 320]))) for i in range(K)]
    v = decompress(DV, byte_decode(DV, c[320 * K:]))
    w = [(a - b) % Q for a, b in zip(v, inverse_ntt(inner_product(s, u)))]
    return byte_encode(1, compress(1, w))


def key_gen(seed):
    """(ek, dk), where dk stays in the parts that Decaps needs."""
    d, z = seed[:32], seed[32:]
    g = hashlib.sha3_512(d + bytes([K])).digest()
    rho, sigma = g[:32], g[32:]
    a = matrix(rho)
    s = [ntt(sample_cbd(sigma, i)) for i in range(K)]
    e = [ntt(sample_cbd(sigma, K + i)) for i in range(K)]
    t = [add(inner_product(a[i], s), e[i]) for i in range(K)]
    ek = b"".join(byte_encode(12, f) for f in t) + rho
    return ek, (s, ek, z)


def valid_key(ek):
    """The type check and the modulus check of section 7.2."""
    return len(ek) == KEY and all(c < Q for i in range(K) for c in byte_decode(12, ek[384 * i:384 * i + 384]))


def encaps(ek, m):
    """(ciphertext, shared secret)."""
    g = hashlib.sha3_512(m + hashlib.sha3_256(ek).digest()).digest()
    return pke_encrypt(ek, m, g[32:]), g[:32]


def decaps(dk, c):
    s, ek, z = dk
    m = pke_decrypt(s, c)
    again, secret = encaps(ek, m)
    return secret if hmac.compare_digest(again, c) else hashlib.shake_256(z + c).digest(32)
