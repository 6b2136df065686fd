package filecrypt_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/redact/redacttest"
)

func TestSecretsNeverPrint(t *testing.T) {
	key := must[*filecrypt.Key](t)(filecrypt.ParseKey(bytes.Repeat([]byte("K"), filecrypt.KeySize)))
	c := must[*filecrypt.Cipher](t)(filecrypt.New(key, fileID, 1, nil))
	for name, value := range map[string]any{
		"key": *key, "key pointer": key, "cipher": *c, "cipher pointer": c,
	} {
		t.Run(name, func(t *testing.T) {
			redacttest.Check(t, value)
			// fmt asks nobody about verbs that do not fit: it prints the fields.
			for _, verb := range []string{"%p", "%w"} {
				got := fmt.Errorf(verb, value).Error()
				for _, secret := range [][]byte{filecrypt.Bytes(key), filecrypt.ChunkKey(c)} {
					for _, form := range []string{"%d", "%x", "%s", "%v"} {
						if strings.Contains(got, strings.Trim(fmt.Sprintf(form, secret[:4]), "[]")) {
							t.Errorf("%s prints %q", verb, got)
						}
					}
				}
			}
		})
	}
}
