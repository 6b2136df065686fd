package clitest

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Forms returns how a secret could look in a log.
func Forms(secret []byte) []string {
	h := hex.EncodeToString(secret)
	return []string{
		string(secret),
		h, strings.ToUpper(h),
		// Without the end, which depends on what follows.
		base64.RawStdEncoding.EncodeToString(secret)[:len(secret)],
		base32.StdEncoding.EncodeToString(secret)[:len(secret)],
		strings.Trim(fmt.Sprint(secret), "[]"),
	}
}
