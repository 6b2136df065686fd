"""What "Safety numbers" and "Contact links" have in common: white space, and base32 of RFC 4648."""

import base64
import binascii

from basics import Refused, require

# The characters with Unicode's property White_Space (PropList.txt). str.isspace knows some more.
WHITE_SPACE = ("\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
               + "\u2028\u2029\u202f\u205f\u3000")
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def base32_encode(data):
    return base64.b32encode(data).decode("ascii").rstrip("=")


def base32_decode(text):
    """Of characters that are base32 in upper case: without padding, with zeros in the bits to spare."""
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        raise Refused("malformed") from None
    require(base32_encode(data) == text, "malformed")
    return data


def after_scheme(text, scheme):
    """(the first byte, all characters behind the scheme, the alphabet in the case of the scheme).
    Of the characters only the two with the first byte have been checked."""
    if text.startswith(scheme.lower()):
        alphabet = BASE32.lower()
    else:
        require(text.startswith(scheme), "malformed")
        alphabet = BASE32
    body = text[len(scheme):]
    require(len(body) >= 2 and all(c in alphabet for c in body[:2]), "malformed")
    first = BASE32.index(body[0].upper()) << 3 | BASE32.index(body[1].upper()) >> 2
    return first, body, alphabet


def to_upper(body, alphabet):
    require(all(c in alphabet for c in body), "malformed")
    return body.upper()
