"""Section "Contents" of docs/protocol.md, and what it uses of protobuf."""

import struct

from basics import Refused, require
from curves import of_prime_order
from links import valid_name

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MAX_SEQUENCE = 2**63 - 1

# A message is described by (number, name, type, repeated) of its fields. Types are "fixed64", "uint64", "uint32",
# "enum", "bool", "bytes", "string", or the description of a message.
ADDRESS = ((1, "onion", "bytes", False), (2, "port", "uint32", False), (3, "client_key", "bytes", False))
BODIES = {
    "request": ((1, "name", "string", False), (2, "introduction", "string", False),
                (3, "addresses", ADDRESS, True), (4, "invite", "bytes", False)),
    "accept": ((1, "name", "string", False), (2, "addresses", ADDRESS, True)),
    "text": ((1, "id", "bytes", False), (2, "text", "string", False),
             (3, "written", "uint64", False), (4, "seconds", "uint32", False)),
    "read": ((1, "id", "bytes", False),),
    "profile": ((1, "name", "string", False),),
    "addresses": ((1, "addresses", ADDRESS, True),),
    "timer": ((1, "seconds", "uint32", False),),
    "file_offer": ((1, "id", "bytes", False), (2, "key", "bytes", False), (3, "name", "string", False),
                   (4, "size", "uint64", False), (5, "type", "string", False), (6, "sha256", "bytes", False)),
    "file_answer": ((1, "id", "bytes", False), (2, "answer", "enum", False)),
    "skip": (),
}
ITEM = ((1, "conversation", "bytes", False), *((n, name, BODIES[name], False) for n, name in enumerate(BODIES, 2)))
CONTENT = ((1, "stream", "fixed64", False), (2, "base", "uint64", False), (3, "first", "uint64", False),
           (4, "items", "bytes", True), (5, "ack_stream", "fixed64", False), (6, "ack_next", "uint64", False),
           (7, "typing", "bool", False))
WIRE_TYPES = {"fixed64": FIXED64, "uint64": VARINT, "uint32": VARINT, "enum": VARINT, "bool": VARINT}


def fields(data):
    """(number, wire type, value) of each field of a message. Groups, which nobody uses, are refused."""
    at = 0

    def take(n):
        nonlocal at
        require(at + n <= len(data), "malformed")
        at += n
        return data[at - n:at]

    def varint():
        number = 0
        for shift in range(0, 70, 7):
            byte = take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                require(number < 2**64, "malformed")
                return number
        raise Refused("malformed")

    while at < len(data):
        tag = varint()
        number, kind = tag >> 3, tag & 7
        require(1 <= number < 2**29, "malformed")
        if kind == VARINT:
            yield number, kind, varint()
        elif kind == BYTES:
            yield number, kind, take(varint())
        else:
            require(kind in (FIXED64, FIXED32), "malformed")
            yield number, kind, take(8 if kind == FIXED64 else 4)


def read_value(kind, raw):
    if kind == "string":
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("malformed") from None
    if kind == "fixed64":
        return int.from_bytes(raw, "little")
    if kind in ("uint32", "enum"):
        return raw % 2**32
    return raw != 0 if kind == "bool" else raw


def decode(data, description):
    """What is in a message, as protobuf reads it; fields that are left out are 0 or empty, messages None."""
    known = {n: (name, kind, repeated) for n, name, kind, repeated in description}
    default = {"string": "", "bytes": b""}
    out = {name: [] if repeated else None if isinstance(kind, tuple) else default.get(kind, 0)
           for name, kind, repeated in known.values()}
    parts = {}                      # of a message that comes in several
    for number, wire_type, raw in fields(data):
        name, kind, repeated = known.get(number, (None, None, None))
        message = isinstance(kind, tuple)
        if name is None or wire_type != (BYTES if message else WIRE_TYPES.get(kind, BYTES)):
            continue
        if message and not repeated:
            decode(raw, kind)
            parts = {name: parts.get(name, b"") + raw}          # messages are members of a oneof
            out.update({n: None for n, k, r in known.values() if isinstance(k, tuple) and not r})
            out[name] = decode(parts[name], kind)
        elif repeated:
            out[name].append(decode(raw, kind) if message else raw)
        else:
            out[name] = read_value(kind, raw)
    return out


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(values, description):
    """The usual encoding: by ascending numbers, without fields that are 0 or empty."""
    out = b""
    for number, name, kind, repeated in description:
        for value in values[name] if repeated else [values[name]]:
            if isinstance(kind, tuple) and value is not None:
                value = encode(value, kind)
            elif not repeated and not value:
                continue
            if kind == "fixed64":
                out += varint(number << 3 | FIXED64) + struct.pack("<Q", value)
            elif kind in WIRE_TYPES:
                out += varint(number << 3 | VARINT) + varint(int(value))
            else:
                value = value.encode("utf-8") if kind == "string" else value
                out += varint(number << 3 | BYTES) + varint(len(value)) + value
    return out


def read_content(data):
    c = decode(data, CONTENT)
    count = len(c["items"])
    if not count:
        c["first"] = 0
    require(c["stream"] and count <= 256 and all(c["items"]), "malformed")
    require(c["base"] <= MAX_SEQUENCE and c["first"] + count <= MAX_SEQUENCE, "malformed")
    require(not count or c["base"] <= c["first"], "malformed")
    require(c["ack_next"] <= MAX_SEQUENCE and (c["ack_stream"] or not c["ack_next"]), "malformed")
    return c


def read_item(data):
    """The item, and the name of its body."""
    i = decode(data, ITEM)
    require(len(i["conversation"]) in (0, 16), "malformed")
    present = [name for name in BODIES if i[name] is not None]
    require(present, "unknown")
    body = i[present[0]]
    CHECKS.get(present[0], lambda body: None)(body)
    return i, present[0]


def check_name(body):
    name = body["name"].encode("utf-8")
    require(len(name) <= 64, "malformed")
    if not valid_name(name):
        body["name"] = ""


def check_addresses(body):
    places = body["addresses"]
    require(1 <= len(places) <= 4, "malformed")
    require(len({(a["onion"], a["port"]) for a in places}) == len(places), "malformed")
    for a in places:
        require(len(a["onion"]) == 32 and of_prime_order(a["onion"]) and 1 <= a["port"] <= 65535, "malformed")
        check_secret(a["client_key"], 32)


def check_secret(secret, size):
    require(not secret or len(secret) == size and any(secret), "malformed")


def check_request(body):
    check_name(body)
    check_addresses(body)
    text = body["introduction"]
    require(len(text) <= 500, "malformed")
    require(all(c == "\n" or ord(c) >= 32 and not 127 <= ord(c) < 160 for c in text), "malformed")
    check_secret(body["invite"], 16)


def check_accept(body):
    check_name(body)
    check_addresses(body)


def check_id(body):
    require(len(body["id"]) == 16, "malformed")


def check_text(body):
    check_id(body)
    require(1 <= len(body["text"].encode("utf-8")) <= 65536 and body["written"] <= 253402300799999, "malformed")


def check_offer(body):
    check_id(body)
    require(len(body["key"]) == 32 and len(body["sha256"]) == 32, "malformed")
    require(1 <= len(body["name"].encode("utf-8")) <= 255 and body["size"] <= 10 * 2**30, "malformed")
    require(len(body["type"]) <= 127 and all(" " <= c <= "~" for c in body["type"]), "malformed")


def check_answer(body):
    check_id(body)
    require(body["answer"] <= 5, "unknown")
    require(body["answer"] > 0, "malformed")


CHECKS = {
    "request": check_request, "accept": check_accept, "text": check_text, "read": check_id, "profile": check_name,
    "addresses": check_addresses, "file_offer": check_offer, "file_answer": check_answer,
}
