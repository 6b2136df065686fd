package rpc

import (
	"context"
	"path/filepath"
)

type (
	changePassphraseParams struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	wordsParams struct {
		Passphrase string `json:"passphrase"`
	}
	exportParams struct {
		Passphrase       string `json:"passphrase"`
		Path             string `json:"path"`
		ExportPassphrase string `json:"export_passphrase"`
		History          bool   `json:"history"`
	}
)

// Words is what the method of that name returns.
type Words struct {
	Words string `json:"words"`
}

// All rights are not enough for these: a token may be stolen, and the identity with it.
var secretMethods = []method{
	define("change_passphrase", laborer, "", func(ctx context.Context, c *call, p changePassphraseParams) (nothing, error) {
		return nothing{}, c.api().ChangePassphrase(ctx, p.Old, p.New)
	}),
	define("words", laborer, "", func(ctx context.Context, c *call, p wordsParams) (Words, error) {
		words, err := c.api().Words(ctx, p.Passphrase)
		return Words{words}, err
	}),
	define("export", laborer, "", func(ctx context.Context, c *call, p exportParams) (nothing, error) {
		if !filepath.IsAbs(p.Path) {
			return nothing{}, errPath
		}
		return nothing{}, c.api().Export(ctx, p.Passphrase, p.Path, p.ExportPassphrase, p.History)
	}),
}
