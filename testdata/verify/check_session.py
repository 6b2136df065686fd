"""Checks conversation.json, saved-sessions.json and sessions-order.json."""

import saved
import sessions
from basics import sha256
from ratchet import chain_step

DRAWN = ("x25519_private", "mlkem_seed", "encapsulation_randomness")


def keys_of(s):
    """A session as the vectors show it."""
    return {"root_key": s.rk, "next_sending_header_key": s.nhks, "next_receiving_header_key": s.nhkr,
            "sending_chain_key": s.cks, "sending_header_key": s.hks, "ns": s.ns, "pns": s.pns,
            "receiving_chain_key": s.ckr, "receiving_header_key": s.hkr, "nr": s.nr,
            "missing": ranges(s.skipped.chains), "lost": s.skipped.lost, "confirmed": s.confirmed}


def ranges(chains):
    """The numbers of the cells of which keys are kept, from the first to the last of each row."""
    out = []
    for chain in chains:
        before = None
        for n in sorted(chain.keys):
            if n - 1 == before:
                out[-1][1] = chain.first + n
            else:
                out.append([chain.first + n, chain.first + n])
            before = n
    return out


def content_of(v):
    """Long contents are left out: they are the bytes 0, 1, ... 250, again and again."""
    if "content" in v:
        return v.hex("content")
    return by_rule(v["content_length"])


def by_rule(length):
    return bytes(i % 251 for i in range(length))


def check_seal(check, session, v, cells):
    step = v.get("step")
    pair = step and tuple(step.hex(name) for name in DRAWN)
    content = content_of(v)
    check.equal("length of the content", len(content), v["content_length"])
    out = session.seal(content, v.hex("nonce"), pair)
    cell = out["cell"]
    for name in ("number", "n", "pn", "header_key", "cell_key"):
        check.equal(name, out[name], v[name])
    if step:
        part = out["step"].pop("ratchet_part")
        out["step"].update(x25519_public=part[:32], ratchet_part_sha256=sha256(part))
        check.same_fields(out["step"], step, DRAWN)
    check.equal("whether there is a step", out["step"] is None, step is None)
    check.equal("length", len(cell), v["length"])
    check.equal("sha256", sha256(cell), v["sha256"])
    if "bytes" in v:
        check.equal("bytes", cell, v["bytes"])
    else:
        check.equal("start", cell[:64], v["start"])
    check.equal("cell", len(cells), v["cell"])
    cells.append((content, cell))


def check_open(check, session, v, cells):
    content, cell = cells[v["cell"]]
    out = check.outcome(v.get("error"), lambda: session.open(cell, v["time"]))
    if out is None:
        check.equal("number", 0, v.get("number", 0))
        return
    check.equal("content", out["content"], content.hex())
    for name in ("number", "cell_key"):
        check.equal(name, out[name], v[name])
    step = v.get("step")
    check.equal("whether there is a step", out["step"] is None, step is None)
    if step:
        check.same_fields(out["step"], step)


def check_conversation(check, vectors):
    check.at("states at the beginning")
    sides = {}
    for role in ("initiator", "responder"):
        state = vectors.hex(f"{role}_state")
        sides[role] = saved.decode_state(state, saved.STATE_VERSION)
        check.equal("state", saved.encode_state(sides[role], saved.STATE_VERSION), state.hex())
    cells = []
    for i, v in enumerate(vectors["events"]):
        check.at("event", i, v.get("comment", ""))
        session = sides[v["by"]]
        if "seal" in v:
            check_seal(check, session, v["seal"], cells)
        elif "lose" in v:
            for _ in range(v["lose"]):
                _, session.cks = chain_step(session.cks)
                session.ns += 1
        else:
            check_open(check, session, v["open"], cells)
        check.same_fields(keys_of(session), v["after"])


def check_skipped(check, session, chains):
    check.equal("number of chains", len(session.skipped.chains), len(chains))
    for chain, v in zip(session.skipped.chains, chains):
        check.equal("header key", chain.header_key, v["header_key"])
        check.equal("number of the first cell", chain.first, v["number_of_first_cell"])
        check.equal("number of keys", len(chain.keys), len(v["keys"]))
        for (n, (put, key)), k in zip(sorted(chain.keys.items()), v["keys"]):
            check.same_fields({"n": n, "put": put, "cell_key": key}, k)


def check_saved(check, vectors):
    for i, v in enumerate(vectors["sessions"]):
        check.at("session", i, v["comment"])
        key, context, version, state = v.hex("key"), v.hex("context"), v["state_version"], v.hex("state")
        session = saved.load(v.hex("saved"), key, context)
        check.equal("state", saved.encode_state(session, version), state.hex())
        check.equal("saved", saved.save(session, key, context, v.hex("nonce"), version), v["saved"])
        for name in ("role", "session_id", "features", "generation", "used"):
            check.equal(name, getattr(session, name), v[name])
        check.same_fields(keys_of(session), v["keys"])
        pair = v.get("own_pair")
        check.equal("own pair", session.own, pair and (pair.hex("x25519_private"), pair.hex("mlkem_seed")))
        check_skipped(check, session, v["skipped"])


def check_order(check, vectors):
    for i, v in enumerate(vectors["cases"]):
        check.at("case", i, v["comment"])
        here = {j: sessions.Entry(s["generation"], s.hex("session_id"), s["is"], s["used"])
                for j, s in enumerate(v["sessions"])}
        erased = sessions.too_many(here, len(here) - 1)
        check.equal("erased", erased, v.get("erased"))
        here.pop(erased, None)
        expired = sessions.too_old(here, v["time"])
        check.equal("expired", sorted(expired), v["expired"])
        for j in expired:
            del here[j]
        check.equal("order", sessions.best_first(here), v["order"])
        check.equal("seals", sessions.in_use(here), v.get("seals"))
        check.equal("next generation", sessions.next_generation(here), v["next_generation"])
