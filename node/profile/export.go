package profile

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// Export writes one file, encrypted under a passphrase of its own, from which Import
// makes the profile again: the words, the onion keys in use, contacts, settings, and
// conversations with messages if history is wanted. Sessions and what waits to be sent are not in it.
//
// Whoever has the file and its passphrase has the identity. Where somebody else could
// be at the keyboard, ask for the profile's passphrase before (Words checks it). Others go
// on meanwhile. It fails as store.Export does; what was written before an error opens
// nowhere.
func (p *Profile) Export(ctx context.Context, w io.Writer, passphrase []byte, history bool) error {
	secret, err := p.secret()
	if err != nil {
		return err
	}
	defer clear(secret)
	return p.store.Export(ctx, w, string(passphrase), store.Export{History: history, Secret: secret})
}

// secret returns what an export has to make the same keys.
func (p *Profile) secret() ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	words, err := p.keys.Words()
	if err != nil {
		return nil, err
	}
	return appendSecret(nil, words, p.numbers), nil
}

// Import makes a profile as Create does, with the identity, the onion keys and the
// content of the profile that was exported, and new sessions. The passphrase is that of
// the export. It fails as Create and store.OpenExport do.
func Import(ctx context.Context, root, name string, r io.Reader, passphrase []byte, protection vault.Protection) (*Profile, error) {
	return steps{}.restoreExport(ctx, root, name, r, passphrase, protection)
}

func (s steps) restoreExport(
	ctx context.Context, root, name string, r io.Reader, passphrase []byte, protection vault.Protection,
) (*Profile, error) {
	// What can be known at once is not asked of somebody who has waited.
	dir, err := locate(root, name)
	if err != nil {
		return nil, err
	}
	if err := vacant(dir); err != nil {
		return nil, err
	}
	export, err := store.OpenExport(r, string(passphrase))
	if err != nil {
		return nil, err
	}
	keys, list, err := parseSecret(export.Secret())
	if err != nil {
		return nil, err
	}
	return s.create(ctx, root, name, protection, origin{keys, list, export.Create})
}

// appendSecret appends the words, a space between two, and in a second line the numbers
// of the onion keys in use, the current one first.
func appendSecret(b []byte, words []string, list numbers) []byte {
	for i, word := range words {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, word...)
	}
	b = append(b, '\n')
	for i, n := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return append(b, '\n')
}

// parseSecret leads back, with a new database key. It fails with store.ErrExport.
func parseSecret(b []byte) (*vault.Keys, numbers, error) {
	words, rest, found := strings.Cut(string(b), "\n")
	line, more, ended := strings.Cut(rest, "\n")
	if !found || !ended || more != "" {
		return nil, nil, fmt.Errorf("%w: it has no words", store.ErrExport)
	}
	var list numbers
	for text := range strings.SplitSeq(line, " ") {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil || strconv.FormatUint(n, 10) != text {
			return nil, nil, fmt.Errorf("%w: its onion keys have no numbers", store.ErrExport)
		}
		if list = append(list, uint32(n)); len(list) > MaxOnionKeys {
			break
		}
	}
	if !list.valid() {
		return nil, nil, fmt.Errorf("%w: its onion keys cannot be", store.ErrExport)
	}
	keys, err := vault.Restore(words)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", store.ErrExport, err)
	}
	return keys, slices.Clip(list), nil
}
