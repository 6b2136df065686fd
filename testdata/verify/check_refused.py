"""Checks the cells, contents and saved sessions of malformed.json."""

import mlkem
import saved
from aead import open_, seal
from basics import sha256, u8, u16, u32, u64
from check_session import DRAWN, by_rule
from ratchet import HEADER, KEYS


def made_cell(check, session, v):
    """A cell that is too long to stand in the file."""
    nonce, content = v.hex("nonce"), by_rule(v["content_length"])
    start = nonce + seal(v.hex("header_key"), nonce, session.header_ad(), v.hex("header"))
    plaintext = u32(len(content)) + content
    plaintext += bytes(v["length"] - len(start) - 16 - len(plaintext))
    cell = start + seal(v.hex("cell_key"), nonce, start, plaintext)
    check.equal("length", len(cell), v["length"])
    check.equal("sha256", sha256(cell), v["sha256"])
    return cell


def cell_of(check, session, v):
    if "made" in v:
        return made_cell(check, session, v["made"])
    return bytes(v["zeros"]) if "zeros" in v else bytes.fromhex(v.get("cell", ""))


def saved_of(check, v):
    """What is saved, made by the rule if it is too long to stand in the file."""
    if "saved" in v or "state_start" not in v:
        return bytes.fromhex(v.get("saved", ""))
    keys = b"".join(u32(n) + u64(1) + bytes(32) for n in range(v["keys_in_chain"]))
    state = v.hex("state_start") + u8(v["chains"])
    for i in range(v["chains"]):
        state += bytes([i]) * 32 + u64(0) + u16(v["keys_in_chain"]) + keys
    whole = saved.save_state(state, v.hex("key"), v.hex("context"), v.hex("nonce"))
    check.equal("sha256", sha256(whole), v["sha256"])
    return whole


def check_implicit_rejection(check, session, cell, v):
    header = open_(session.nhkr, cell[:24], session.header_ad(), cell[24:HEADER])
    shared = mlkem.decaps(mlkem.key_gen(session.own[1])[1], header[8 + KEYS:])
    check.equal("mlkem_shared", shared, v["mlkem_shared"])


def check_malformed(check, vectors):
    for i, v in enumerate(vectors["cells"]):
        check.at("cells", i, v["comment"])
        state = vectors["receivers"].hex(v["receiver"])
        session = saved.decode_state(state, saved.STATE_VERSION)
        check.equal("state of the receiver", saved.encode_state(session, saved.STATE_VERSION), state.hex())
        cell = cell_of(check, session, v)
        if "mlkem_shared" in v:
            check_implicit_rejection(check, session, cell, v)
        out = check.outcome(v["error"], lambda: session.open(cell, v["time"]))
        if out:
            check.equal("content", out["content"], v.get("content", ""))
        else:
            session.skipped.expire(v["time"])
            fresh = saved.decode_state(state, saved.STATE_VERSION)
            fresh.skipped.expire(v["time"])
            check.equal("state after a failure", saved.encode_state(session, saved.STATE_VERSION),
                        saved.encode_state(fresh, saved.STATE_VERSION).hex())
    for i, v in enumerate(vectors["saved_sessions"]):
        check.at("saved sessions", i, v["comment"])
        whole = saved_of(check, v)
        check.outcome(v["error"], lambda: saved.load(whole, v.hex("key"), v.hex("context")))
    check_refused_contents(check, vectors)


def check_refused_contents(check, vectors):
    for i, v in enumerate(vectors["seals"]):
        check.at("seals", i, v["comment"])
        session = saved.decode_state(vectors["senders"].hex(v["sender"]), saved.STATE_VERSION)
        pair = tuple(v.hex(name) for name in DRAWN) if DRAWN[0] in v else None
        check.equal("whether there is a step", session.own is None, pair is not None)
        out = check.outcome(v["error"], lambda: session.seal(by_rule(v["content_length"]), v.hex("nonce"), pair))
        cell = out["cell"] if out else b""
        check.equal("number", out["number"] if out else 0, v["number"])
        check.equal("length", len(cell), v.get("length", 0))
        if out:
            check.equal("sha256", sha256(cell), v["sha256"])
