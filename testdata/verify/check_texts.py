"""Checks safety-numbers.json and contact-links.json."""

import curves
import links
import safety


def known_words(check, numbers):
    """The words that occur, with their indices, and the first and the last word of BIP 39."""
    words = {0: "abandon", 2047: "zoo"}
    for v in numbers:
        halves = sorted((safety.fingerprint(v.hex("alice_key")), safety.fingerprint(v.hex("bob_key"))))
        indices = [i for f in halves for i in safety.word_indices(f)]
        shown = v["words"].split(" ")
        check.at("words", v["words"])
        check.equal("number of words", len(shown), len(indices))
        for i, word in zip(indices, shown):
            check.equal(f"word with the index {i}", words.setdefault(i, word), word)
    words = safety.Words(words)
    check.equal("whether the words are in the order of their indices", words.consistent(), True)
    return words


def check_number(check, v):
    prints = {}
    for name in ("alice", "bob"):
        key = curves.ed25519_public(v.hex(f"{name}_seed"))
        prints[name] = safety.fingerprint(key)
        check.equal(f"{name}_key", key, v[f"{name}_key"])
        check.equal(f"{name}_fingerprint", prints[name], v[f"{name}_fingerprint"])
    check.equal("digits", " ".join(safety.digits(f) for f in sorted(prints.values())), v["digits"])
    check.equal("alice_code", safety.code(prints["alice"], prints["bob"]), v["alice_code"])
    check.equal("bob_code", safety.code(prints["bob"], prints["alice"]), v["bob_code"])


def check_safety(check, vectors):
    words = known_words(check, vectors["numbers"])
    for i, v in enumerate(vectors["numbers"]):
        check.at("number", i)
        check_number(check, v)
    first = vectors["numbers"][0]
    own, other = first.hex("alice_fingerprint"), first.hex("bob_fingerprint")
    for i, v in enumerate(vectors["compared"]):
        check.at("compared", i, v["comment"])
        check.equal("result", safety.compare(v["text"], own, other, words), v["result"])


def check_same_link(check, got, want):
    for name in ("onion", "identity", "port", "name", "client_key", "invite"):
        check.equal(name, getattr(got, name), getattr(want, name) if name == "port" else getattr(want, name).hex())


def check_link(check, v):
    onion, identity = (curves.ed25519_public(v.hex(name)) for name in ("onion_seed", "identity_seed"))
    check.equal("onion_key", onion, v["onion_key"])
    check.equal("identity_key", identity, v["identity_key"])
    secrets = (bytes.fromhex(v.get(name, "")) for name in ("client_key", "invite"))
    link = links.Link(onion, identity, v["port"], v["name"].encode(), *secrets)
    for got, name in ((link.bytes(), "bytes"), (link.text(), "link"), (link.qr(), "qr"),
                      (link.multiaddr(), "multiaddr"), (links.peer_id(identity), "peer_id")):
        check.equal(name, got, v[name])
    check_same_link(check, links.read(v["link"]), link)
    check_same_link(check, links.read(v["qr"]), link)
    link.name = link.client_key = link.invite = b""
    check_same_link(check, links.read(v["multiaddr"]), link)


def check_links(check, vectors):
    for i, v in enumerate(vectors["links"]):
        check.at("links", i, v["comment"])
        check_link(check, v)
    for i, v in enumerate(vectors["read"]):
        check.at("read", i, v["comment"])
        check.equal("link", links.read(v["text"]).text(), v["link"])
    for i, v in enumerate(vectors["refused"]):
        check.at("refused", i, v["comment"])
        check.outcome(v["error"], lambda: links.read(v["text"]))
