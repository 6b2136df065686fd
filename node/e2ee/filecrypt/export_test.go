package filecrypt

// Bytes returns where a key is kept, to see it cleared.
func Bytes(k *Key) []byte { return k.secret.Bytes() }

// ChunkKey returns where a chunk key is kept.
func ChunkKey(c *Cipher) []byte { return c.key.Bytes() }
