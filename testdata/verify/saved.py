"""Section "Saved sessions" of docs/protocol.md."""

import curves
import mlkem
from aead import open_, seal
from basics import (MAX_SKIPPED, MAX_SKIPPED_CHAINS, MAX_SKIPPED_IN_CHAIN, Reader, Refused, label, lp, require, u8,
                    u16, u32, u64)
from ratchet import KEYS, PART, Session
from skipped import SkippedChain

STATE_VERSION = 2
ROLES = {1: "initiator", 2: "responder"}
SENDING, RECEIVING, CONFIRMED = 1, 2, 4
MAX_TIME = 2**63 - 1


def encode_state(s, version):
    role = next(number for number, name in ROLES.items() if name == s.role)
    flags = (SENDING * (s.own is not None) + RECEIVING * (s.hkr is not None) + CONFIRMED * s.confirmed)
    out = [u8(role), u8(flags), s.session_id, u32(s.features), u64(s.generation), u64(s.used)]
    if version >= 2:
        out.append(u64(s.skipped.lost))
    out += [s.rk, s.nhks, s.nhkr, u64(s.first_s), u32(s.ns), u32(s.pns), u64(s.first_r), u32(s.nr)]
    if s.own is not None:
        out += [*s.own, s.cks, s.hks, s.part_s]
    if s.hkr is not None:
        out += [s.ckr, s.hkr, s.part_r]
    out.append(u8(len(s.skipped.chains)))
    for chain in s.skipped.chains:
        out += [chain.header_key, u64(chain.first), u16(len(chain.keys))]
        for n, (put, key) in sorted(chain.keys.items()):
            out += [u32(n), u64(put), key]
    return b"".join(out)


def decode_state(state, version):
    r = Reader(state, "saved")
    role, flags = r.number(1), r.number(1)
    require(role in ROLES and flags <= SENDING + RECEIVING + CONFIRMED, "saved")
    initiator = ROLES[role] == "initiator"
    require(flags & RECEIVING if initiator else flags & CONFIRMED, "saved")
    require(flags & (SENDING + RECEIVING), "saved")
    session_id, features, generation, used = r.take(32), r.number(4), r.number(8), r.number(8)
    require(generation > 0 and used <= MAX_TIME, "saved")
    lost = r.number(8) if version >= 2 else 0
    s = Session(ROLES[role], session_id, features, generation, r.take(32), r.take(32), r.take(32))
    s.confirmed, s.used, s.skipped.lost = bool(flags & CONFIRMED), used, lost
    s.first_s, s.ns, s.pns, s.first_r, s.nr = r.number(8), r.number(4), r.number(4), r.number(8), r.number(4)
    if flags & SENDING:
        s.own = r.take(32), r.take(mlkem.SEED)
        s.cks, s.hks, s.part_s = r.take(32), r.take(32), r.take(PART)
    if flags & RECEIVING:
        s.ckr, s.hkr, s.part_r = r.take(32), r.take(32), r.take(PART)
        require(curves.acceptable(s.part_r[:32]) and mlkem.valid_key(s.part_r[32:KEYS]), "saved")
    chains = r.number(1)
    require(chains <= MAX_SKIPPED_CHAINS, "saved")
    s.skipped.chains = [decode_chain(r) for _ in range(chains)]
    require(s.skipped.count() <= MAX_SKIPPED, "saved")
    r.end()
    return s


def decode_chain(r):
    chain = SkippedChain(r.take(32), r.number(8))
    count, before = r.number(2), -1
    require(1 <= count <= MAX_SKIPPED_IN_CHAIN, "saved")
    for _ in range(count):
        n, put, key = r.number(4), r.number(8), r.take(32)
        require(n > before and put <= MAX_TIME, "saved")
        chain.keys[n], before = (put, key), n
    return chain


def associated_data(version, context):
    return label("saved session") + u8(version) + lp(context)


def save(s, key, context, nonce, version=STATE_VERSION):
    return save_state(encode_state(s, version), key, context, nonce, version)


def save_state(state, key, context, nonce, version=STATE_VERSION):
    return u8(version) + nonce + seal(key, nonce, associated_data(version, context), state)


def load(saved, key, context):
    require(saved and saved[0] > 0, "saved")
    version = saved[0]
    require(version <= STATE_VERSION, "newer")
    require(len(saved) >= 1 + 24 + 16, "saved")
    try:
        state = open_(key, saved[1:25], associated_data(version, context), saved[25:])
    except Refused:
        raise Refused("saved") from None
    return decode_state(state, version)
