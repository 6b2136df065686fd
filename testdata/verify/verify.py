#!/usr/bin/env python3
"""Checks all of testdata/vectors against an implementation that was made from docs/protocol.md
alone: python3 testdata/verify/verify.py. Needs Python 3.11 and nothing else.

testdata/README.md and section "Test vectors" of docs/protocol.md say what is in the files.
"""

import pathlib
import sys

sys.dont_write_bytecode = True

import check_contents
import check_files
import check_handshake
import check_refused
import check_session
import check_texts
from basics import Refused
from vectors import Check, Mismatch, load, unread

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"

CHECKS = {
    "handshake.json": (check_handshake.check_file,),
    "conversation.json": (check_session.check_conversation,),
    "saved-sessions.json": (check_session.check_saved,),
    "sessions-order.json": (check_session.check_order,),
    "malformed.json": (check_handshake.check_malformed, check_refused.check_malformed),
    "file-chunks.json": (check_files.check_file,),
    "safety-numbers.json": (check_texts.check_safety,),
    "contact-links.json": (check_texts.check_links,),
    "contents.json": (check_contents.check_contents,),
}


def check_file(name):
    check, vectors = Check(), load(VECTORS / name)
    try:
        for part in CHECKS[name]:
            part(check, vectors)
    except Refused as refused:
        raise Mismatch(f"{check.where}\n  computed a refusal, {refused.kind}") from None
    field = unread(vectors)
    if field:
        raise Mismatch(f"nothing checks the field {field}")
    return check.count


def main():
    names = {path.name for path in VECTORS.iterdir()}
    if names != CHECKS.keys():
        sys.exit(f"files without a check: {sorted(names - CHECKS.keys())}; missing: {sorted(CHECKS.keys() - names)}")
    total = 0
    for name in CHECKS:
        try:
            count = check_file(name)
        except Mismatch as mismatch:
            sys.exit(f"{name}: {mismatch}")
        print(f"{name}: {count} values", flush=True)
        total += count
    print(f"{total} values in {len(CHECKS)} files")


if __name__ == "__main__":
    main()
