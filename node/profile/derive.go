package profile

import (
	"crypto/ed25519"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// identityKey is the key that the peer ID names.
func identityKey(keys *vault.Keys) (ed25519.PrivateKey, error) {
	seed, err := keys.Derive(vault.Identity)
	if err != nil {
		return nil, err
	}
	defer clear(seed)
	return ed25519.NewKeyFromSeed(seed), nil
}

// onionKey is the n-th key of the onion service, counted from 1.
func onionKey(keys *vault.Keys, n uint32) (onion.Key, error) {
	seed, err := keys.Derive(vault.OnionNumber(n))
	if err != nil {
		return onion.Key{}, err
	}
	defer clear(seed)
	return onion.KeyFromSeed(seed)
}

func onionKeys(keys *vault.Keys, list numbers) ([]onion.Key, error) {
	all := make([]onion.Key, 0, len(list))
	for _, n := range list {
		key, err := onionKey(keys, n)
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, nil
}

func addressesOf(keys []onion.Key) []onion.Address {
	all := make([]onion.Address, 0, len(keys))
	for _, key := range keys {
		all = append(all, key.Address())
	}
	return all
}

func stateKey(keys *vault.Keys) (*e2ee.StateKey, error) {
	b, err := keys.Derive(vault.Sessions)
	if err != nil {
		return nil, err
	}
	defer clear(b)
	return e2ee.NewStateKey(b)
}

// storeKeys returns the keys of the database, which the caller wipes.
func storeKeys(keys *vault.Keys) (*store.Keys, error) {
	database, err := keys.Database()
	if err != nil {
		return nil, err
	}
	defer clear(database)
	rows, err := keys.Derive(vault.Rows)
	if err != nil {
		return nil, err
	}
	defer clear(rows)
	return store.NewKeys(database, rows)
}
