"""Checks contents.json."""

import contents


def stored(v, name, kind):
    """A field of a vector, as contents.decode gives it."""
    if kind == contents.ADDRESS:
        return [{n: stored(a, n, k) for _, n, k, _ in kind} for a in v.get(name, [])]
    if name == "items":
        return [bytes.fromhex(item) for item in v.get(name, [])]
    if kind == "fixed64":
        return int(v.get(name, "") or "0", 16)
    if kind == "bytes":
        return bytes.fromhex(v.get(name, ""))
    return v.get(name, "" if kind == "string" else 0)


def check_content(check, v):
    want = {name: stored(v, name, kind) for _, name, kind, _ in contents.CONTENT}
    check.equal("bytes", contents.encode(want, contents.CONTENT), v["bytes"])
    got = contents.read_content(v.hex("bytes"))
    for name, value in want.items():
        check.equal(name, [got[name]], [value])


def check_item(check, v):
    body = v["body"]
    want = {name: None for name in contents.BODIES}
    want["conversation"] = bytes.fromhex(v.get("conversation", ""))
    want[body] = {name: stored(v, name, kind) for _, name, kind, _ in contents.BODIES[body]}
    check.equal("bytes", contents.encode(want, contents.ITEM), v["bytes"])
    got, kind = contents.read_item(v.hex("bytes"))
    check.equal("body", kind, body)
    for name, value in want[body].items():
        check.equal(name, [got[body][name]], [value])
    check.equal("conversation", got["conversation"], want["conversation"].hex())


def read(kind, data):
    """What was read, in the usual encoding."""
    if kind == "content":
        return contents.encode(contents.read_content(data), contents.CONTENT)
    return contents.encode(contents.read_item(data)[0], contents.ITEM)


def check_contents(check, vectors):
    for i, v in enumerate(vectors["contents"]):
        check.at("contents", i, v["comment"])
        check_content(check, v)
    for i, v in enumerate(vectors["items"]):
        check.at("items", i, v["comment"])
        check_item(check, v)
    for i, v in enumerate(vectors["read"]):
        check.at("read", i, v["comment"])
        check.equal("same", read(v["kind"], v.hex("bytes")), v["same"])
    for i, v in enumerate(vectors["refused"]):
        check.at("refused", i, v["comment"])
        check.outcome(v["error"], lambda: read(v["kind"], v.hex("bytes")))
