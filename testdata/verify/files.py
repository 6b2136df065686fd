"""Section "Files" of docs/protocol.md."""

from aead import open_, seal
from basics import CHUNK_SIZE, MAX_FILE, MIN_PADDED, hkdf, label, require, u8, u64


def padded_size(size):
    require(size <= MAX_FILE, "too large")
    length = max(size, MIN_PADDED)
    e = length.bit_length() - 1
    unit = 2 ** (e - e.bit_length())
    return -(-length // unit) * unit


class File:
    def __init__(self, file_key, file_id, size):
        self.id, self.size = file_id, size
        self.padded = padded_size(size)
        self.chunks = -(-self.padded // CHUNK_SIZE)
        self.key = hkdf(file_key, file_id, label("file key"), 32)

    def plaintext_length(self, i):
        return min(CHUNK_SIZE, self.padded - i * CHUNK_SIZE)

    def file_bytes(self, i):
        """How many bytes of chunk i are the file's; the others are padding."""
        return max(0, min(CHUNK_SIZE, self.size - i * CHUNK_SIZE))

    def associated_data(self, i):
        return label("file chunk") + self.id + u64(self.size) + u64(i) + u8(i == self.chunks - 1)

    def seal(self, nonce, associated_data, plaintext):
        return nonce + seal(self.key, nonce, associated_data, plaintext)

    def open(self, i, chunk):
        require(i < self.chunks and len(chunk) == self.plaintext_length(i) + 40, "malformed")
        plaintext = open_(self.key, chunk[:24], self.associated_data(i), chunk[24:])
        require(not any(plaintext[self.file_bytes(i):]), "malformed")
        return plaintext
