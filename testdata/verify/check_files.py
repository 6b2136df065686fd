"""Checks file-chunks.json, as "Test vectors" of docs/protocol.md says how to read it."""

from basics import CHUNK_SIZE, sha256, u64
from files import File, padded_size


def data_of(file_id, begin, end):
    """Bytes of a file that is made by the rule."""
    blocks = b"".join(sha256(file_id + u64(i)) for i in range(begin // 32, -(-end // 32)))
    return blocks[begin % 32:begin % 32 + end - begin]


def plaintext_of(file, i):
    begin = i * CHUNK_SIZE
    data = data_of(file.id, begin, begin + file.file_bytes(i))
    return data + bytes(file.plaintext_length(i) - len(data))


def flip(data, at):
    return data if at is None else data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def check_layout(check, v):
    file = File(bytes(32), bytes(16), v["size"])
    last = file.chunks - 1
    check.equal("padded_size", file.padded, v["padded_size"])
    check.equal("chunks", file.chunks, v["chunks"])
    check.equal("last_chunk_plaintext", file.plaintext_length(last), v["last_chunk_plaintext"])
    check.equal("last_chunk_file_bytes", file.file_bytes(last), v["last_chunk_file_bytes"])
    check.equal("last_chunk_sealed", file.plaintext_length(last) + 40, v["last_chunk_sealed"])
    check.equal("total_sealed", file.padded + 40 * file.chunks, v["total_sealed"])


def check_chunk(check, file, v):
    i, plaintext = v["index"], plaintext_of(file, v["index"])
    chunk = file.seal(v.hex("nonce"), file.associated_data(i), plaintext)
    for got, name in ((file.associated_data(i), "associated_data"), (file.file_bytes(i), "file_bytes"),
                      (len(plaintext), "plaintext_length"), (sha256(plaintext), "plaintext_sha256"),
                      (len(chunk), "sealed_length"), (sha256(chunk), "sealed_sha256"),
                      (chunk[:64], "sealed_start"), (chunk[-64:], "sealed_end")):
        check.equal(f"chunk {i}: {name}", got, v[name])
    check.equal(f"chunk {i}: opened", file.open(i, chunk), plaintext.hex())


def check_malformed(check, v):
    sealed = File(v.hex("sealed_file_key"), v.hex("sealed_file_id"), v["sealed_size"])
    plaintext = flip(plaintext_of(sealed, v["sealed_index"]), v.get("plaintext_flip"))
    chunk = sealed.seal(v.hex("nonce"), v.hex("associated_data"), plaintext)
    length = v["sealed_length"]
    chunk = flip(chunk[:length] + bytes(max(0, length - len(chunk))), v.get("sealed_flip"))
    check.equal("sealed_sha256", sha256(chunk), v["sealed_sha256"])
    opened = File(v.hex("open_file_key"), v.hex("open_file_id"), v["open_size"])
    check.outcome(v["error"], lambda: opened.open(v["open_index"], chunk))


def check_file(check, vectors):
    for i, v in enumerate(vectors["layouts"]):
        check.at("layout", i, v["size"])
        check_layout(check, v)
    for i, v in enumerate(vectors["files"]):
        check.at("file", i, v["name"])
        file = File(v.hex("file_key"), v.hex("file_id"), v["size"])
        check.equal("chunk_key", file.key, v["chunk_key"])
        check.equal("file_sha256", sha256(data_of(file.id, 0, file.size)), v["file_sha256"])
        for chunk in v["chunks"]:
            check_chunk(check, file, chunk)
    for i, v in enumerate(vectors["malformed"]):
        check.at("malformed", i, v["name"])
        check_malformed(check, v)
    for size in vectors["too_large"]:
        check.at("too large", size)
        check.outcome("too large", lambda: padded_size(int(size, 16)))
