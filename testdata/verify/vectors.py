"""Reads a file of vectors, notes which of its fields have been looked at, and compares."""

import json

from basics import Refused


class Mismatch(Exception):
    pass


class Fields(dict):
    """An object of a JSON file that knows which of its fields have been read."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.seen = {"comment"}

    def __getitem__(self, name):
        self.seen.add(name)
        return super().__getitem__(name)

    def __missing__(self, name):
        raise Mismatch(f"there is no field {name!r}")

    def get(self, name, default=None):
        self.seen.add(name)
        return super().get(name, default)

    def hex(self, name):
        return bytes.fromhex(self[name])


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=Fields)


def unread(value, path=""):
    """The first field that nothing has looked at, or None."""
    if isinstance(value, Fields):
        for name in value:
            inner = f"{path}.{name}"
            if name not in value.seen:
                return inner
            found = unread(dict.__getitem__(value, name), inner)
            if found:
                return found
    if isinstance(value, list):
        for i, item in enumerate(value):
            found = unread(item, f"{path}[{i}]")
            if found:
                return found
    return None


class Check:
    """Counts what was compared, and stops at the first difference."""

    def __init__(self):
        self.count = 0
        self.where = ""

    def at(self, *parts):
        self.where = ": ".join(str(part) for part in parts)

    def equal(self, what, got, want):
        if isinstance(got, bytes):
            got = got.hex()
        if got != want:
            raise Mismatch(f"{self.where}: {what}\n  computed {shorten(got)}\n  expected {shorten(want)}")
        self.count += 1

    def same_fields(self, got, want, skip=()):
        """Compares all fields of an object; those that it has not are None in got."""
        self.equal("fields", sorted(k for k, v in got.items() if v is not None), sorted(set(want) - set(skip)))
        for name, value in got.items():
            if isinstance(value, dict):
                self.same_fields(value, want[name])
            elif value is not None:
                self.equal(name, value, want[name])

    def outcome(self, want, action):
        """Runs action, which must be refused with the class want, or not at all if that is empty."""
        kind, result = "", None
        try:
            result = action()
        except Refused as refused:
            kind = refused.kind
        self.equal("class of the error", kind, want or "")
        return result


def shorten(value):
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"
