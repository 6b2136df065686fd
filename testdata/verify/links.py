"""Section "Contact links" of docs/protocol.md."""

import hashlib
import re
import unicodedata

from basics import Reader, label, require, sha256, u8, u16
from curves import of_prime_order
from text import WHITE_SPACE, after_scheme, base32_decode, base32_encode, to_upper

SCHEME = "ONIONWIRE:"
NAME, CLIENT_KEY, INVITE = 1, 2, 3
LENGTHS = {CLIENT_KEY: 32, INVITE: 16}
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PEER_ID = bytes.fromhex("002408011220")
MULTIADDR = re.compile(r"/onion3/([a-z2-7]{56}):([1-9][0-9]{0,4})/p2p/([1-9A-HJ-NP-Za-km-z]+)")


class Link:
    """name, client_key and invite are bytes as they stand in the link, empty if there is none."""

    def __init__(self, onion, identity, port, name=b"", client_key=b"", invite=b""):
        self.onion, self.identity, self.port = onion, identity, port
        self.name, self.client_key, self.invite = name, client_key, invite

    def fields(self):
        values = ((NAME, self.name), (CLIENT_KEY, self.client_key), (INVITE, self.invite))
        return b"".join(u8(kind) + u8(len(value)) + value for kind, value in values if value)

    def bytes(self):
        """All but the checksum."""
        return u8(1) + self.onion + self.identity + u16(self.port) + self.fields()

    def qr(self):
        return SCHEME + base32_encode(self.bytes() + checksum(self.bytes()))

    def text(self):
        return self.qr().lower()

    def multiaddr(self):
        address = base32_encode(self.onion + onion_checksum(self.onion) + u8(3)).lower()
        return f"/onion3/{address}:{self.port}/p2p/{peer_id(self.identity)}"


def checksum(data):
    return sha256(label("contact link") + data)[:4]


def onion_checksum(key):
    return hashlib.sha3_256(b".onion checksum" + key + u8(3)).digest()[:2]


def peer_id(identity):
    number = int.from_bytes(PEER_ID + identity, "big")
    out = ""
    while number:
        number, digit = divmod(number, 58)
        out = BASE58[digit] + out
    return "1" + out                # for the one byte of zeros that PEER_ID begins with


def base58_number(text):
    number = 0
    for c in text:
        number = number * 58 + BASE58.index(c)
    return number


def read(text):
    text = text.strip(WHITE_SPACE)
    link = read_multiaddr(text) if text.startswith("/") else read_short(text)
    require(link.port > 0, "malformed")
    require(valid_name(link.name), "malformed")
    require(link.onion != link.identity, "malformed")
    require(of_prime_order(link.onion) and of_prime_order(link.identity), "malformed")
    return link


def read_multiaddr(text):
    match = MULTIADDR.fullmatch(text)
    require(match, "malformed")
    address = base32_decode(match[1].upper())
    onion, version, port = address[:32], address[34], int(match[2])
    require(version == 3 and port <= 65535, "malformed")
    identity = (base58_number(match[3]) % 2**256).to_bytes(32, "big")
    require(peer_id(identity) == match[3], "malformed")
    require(address[32:34] == onion_checksum(onion), "checksum")
    return Link(onion, identity, port)


def read_short(text):
    first, body, alphabet = after_scheme(text, SCHEME)
    require(first <= 1, "newer")
    require(first == 1 and len(body) <= 820, "malformed")
    data = base32_decode(to_upper(body, alphabet))
    require(len(data) >= 71, "malformed")
    require(checksum(data[:-4]) == data[-4:], "checksum")
    r = Reader(data[:-4], "malformed")
    r.take(1)
    link = Link(r.take(32), r.take(32), r.number(2))
    read_fields(r, link)
    return link


def read_fields(r, link):
    before = -1
    while r.at < len(r.data):
        kind, value = r.number(1), r.take(r.number(1))
        require(kind > before, "malformed")
        require(kind != NAME or value, "malformed")
        require(kind not in LENGTHS or len(value) == LENGTHS[kind] and any(value), "malformed")
        require(kind in (NAME, CLIENT_KEY, INVITE) or kind >= 128, "newer")
        if kind == NAME:
            link.name = value
        elif kind == CLIENT_KEY:
            link.client_key = value
        elif kind == INVITE:
            link.invite = value
        before = kind


def valid_name(name):
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (len(name) <= 64 and unicodedata.is_normalized("NFC", text) and text == text.strip(WHITE_SPACE)
            and not any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for c in text))
