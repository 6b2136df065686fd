package keyfile

// The fuzzer works on contents, so that it need not write a file for each.
var (
	Decode = decode
	Encode = encode
)
