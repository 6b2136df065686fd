"""Checks handshake.json, and the handshake messages of malformed.json."""

from handshake import Initiator, Responder

RANDOM = {"ephemeral_private", "mlkem_seed", "encapsulation_randomness", "ratchet_x25519_private",
          "ratchet_mlkem_seed"}


def make_sides(v, receiver_highest_version=None):
    """Both sides of an entry with the fields initiator and responder."""
    sides = []
    peer_ids = v["initiator"].hex("peer_id"), v["responder"].hex("peer_id")
    for side, own, other in ((Initiator, v["initiator"], v["responder"]),
                             (Responder, v["responder"], v["initiator"])):
        values = {name: own[name] for name in ("hint", "features", "generation", "highest_version")}
        values["identity_seed"] = own.hex("identity_seed")
        random = {name: own.hex(name) for name in RANDOM if name in own}
        if receiver_highest_version is not None:
            values["highest_version"] = receiver_highest_version
        sides.append(side(values, peer_ids, other.hex("identity_key"), random))
    return sides


def check_identities(check, v, sides):
    for name, side in zip(("initiator", "responder"), sides):
        got = {"identity_key": side.identity.key, "static_private": side.identity.static,
               "static_public": side.identity.static_public, "signature": side.identity.signature}
        for field, value in got.items():
            check.equal(f"{name}: {field}", value, v[name][field])


def check_handshake(check, v):
    initiator, responder = make_sides(v)
    check_identities(check, v, (initiator, responder))
    message_1 = initiator.write_1()
    responder.read_1(message_1)
    message_2 = responder.write_2()
    initiator.read_2(message_2)
    message_3 = initiator.write_3()
    responder.read_3(message_3)
    for name, value in (("message_1", message_1), ("payload_1", initiator.payload_1),
                        ("message_2", message_2), ("payload_2", responder.payload_2),
                        ("message_3", message_3), ("payload_3", initiator.payload_3)):
        check.equal(name, value, v[name])
    for side in (initiator, responder):
        check.equal("prologue", side.prologue, v["prologue"])
        for name in ("hash_0", "hash_1", "hash_2"):
            check.equal(name, side.noise.trace[name], v[name])
        for name in ("ee", "es", "se"):
            check.same_fields(side.noise.trace[name], v[name])
        check.same_fields(side.keys, v["keys"])
        check.equal("agreed features", side.features, v["agreed_features"])
        check.equal("agreed generation", side.generation, v["agreed_generation"])
    check.equal("hint for the initiator", initiator.peer_hint, v["responder"]["hint"])
    check.equal("hint for the responder", responder.peer_hint, v["initiator"]["hint"])
    return initiator, responder


def check_file(check, vectors):
    for i, v in enumerate(vectors["handshakes"]):
        check.at("handshake", i, v["comment"])
        check_handshake(check, v)


def receive(initiator, responder, message_1, number, message):
    """Gives a message to its receiver, which has got and sent what comes before."""
    if number == 1:
        responder.read_1(message)
    if number == 2:
        initiator.write_1()
        initiator.read_2(message)
    if number == 3:
        responder.read_1(message_1)
        responder.write_2()
        responder.read_3(message)


def check_malformed(check, vectors):
    sides = make_sides(vectors)
    check.at("values of both sides")
    check_identities(check, vectors, sides)
    check.equal("message_1", sides[0].write_1(), vectors["message_1"])
    for i, v in enumerate(vectors["messages"]):
        check.at("messages", i, v["comment"])
        initiator, responder = make_sides(vectors, v.get("receiver_highest_version"))
        check.outcome(v["error"], lambda: receive(initiator, responder, vectors.hex("message_1"), v["message"],
                                                  v.hex("input")))
