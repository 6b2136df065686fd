package rpc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc/token"
)

type (
	newTokenParams struct {
		// Scopes are read, send, both, or full.
		Scopes token.Scope `json:"scopes"`
		// Conversation is the only one that the token is for; otherwise it is for all.
		Conversation ledger.ConversationID `json:"conversation,omitempty"`
		// Expires is when the token ends by itself.
		Expires Time `json:"expires,omitzero"`
		// Note is for people.
		Note string `json:"note,omitempty"`
	}
	dropTokenParams struct {
		ID token.ID `json:"id"`
	}
)

// Token is what there is to know of a token but the token itself.
type Token struct {
	// ID is no secret, and what drop_token takes.
	ID     token.ID    `json:"id"`
	Scopes token.Scope `json:"scopes"`
	// Conversation is the only one that the token is for, or 0.
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
	Expires      Time                  `json:"expires,omitzero"`
	Note         string                `json:"note"`
	Added        Time                  `json:"added"`
}

// NewToken is a token, which is told only once.
type NewToken struct {
	Token
	Secret Revealed `json:"token"`
}

// Revealed is a secret that goes to a client. It prints as a placeholder all the
// same.
type Revealed struct{ token.Secret }

// MarshalText writes the secret.
func (r Revealed) MarshalText() ([]byte, error) { return []byte(r.Reveal()), nil }

// UnmarshalText reads it.
func (r *Revealed) UnmarshalText(b []byte) (err error) {
	r.Secret, err = token.Parse(string(b))
	return err
}

func tokenOf(r token.Record) Token {
	return Token{
		ID: r.ID, Scopes: r.Scope, Conversation: r.Conversation,
		Expires: TimeOf(r.Expires), Note: r.Note, Added: TimeOf(r.Added),
	}
}

var tokenMethods = []method{
	// new_token makes a token for another program, which is told only here.
	define("new_token", owner, "", newToken),
	// tokens are all but the one in the file.
	define("tokens", looker, "", func(ctx context.Context, c *call, _ nothing) ([]Token, error) {
		records, err := c.conn.server.cfg.Tokens.List(ctx)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(records, func(a, b token.Record) int {
			return cmp.Or(a.Added.Compare(b.Added), cmp.Compare(a.ID, b.ID))
		})
		all := []Token{}
		for _, r := range records {
			all = append(all, tokenOf(r))
		}
		return all, nil
	}),
	// drop_token ends one, and the connections that have shown it.
	define("drop_token", owner, "", func(ctx context.Context, c *call, p dropTokenParams) (nothing, error) {
		if p.ID.Check() != nil {
			return nothing{}, ErrNotFound
		}
		err := c.conn.server.cfg.Tokens.Delete(ctx, p.ID)
		if errors.Is(err, token.ErrUnknown) {
			return nothing{}, ErrNotFound
		}
		if err != nil {
			return nothing{}, err
		}
		c.conn.server.cut(p.ID, c)
		return nothing{}, nil
	}),
}

func newToken(ctx context.Context, c *call, p newTokenParams) (NewToken, error) {
	now := time.Now()
	secret := token.New()
	r := token.Record{
		ID: secret.ID(), Hash: secret.Hash(), Scope: p.Scopes, Conversation: p.Conversation,
		Expires: p.Expires.Time, Note: p.Note, Added: now,
	}
	if err := r.Check(); err != nil {
		return NewToken{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if r.Ended(now) {
		return NewToken{}, fmt.Errorf("%w: the token would have expired already", ErrInvalid)
	}
	if p.Conversation != 0 {
		if _, err := c.api().Conversation(ctx, p.Conversation); err != nil {
			return NewToken{}, err
		}
	}
	s := c.conn.server
	s.tokens.Lock() // nobody counts while another adds
	defer s.tokens.Unlock()
	if err := s.makeRoom(ctx, now); err != nil {
		return NewToken{}, err
	}
	if err := s.cfg.Tokens.Put(ctx, r); err != nil {
		return NewToken{}, err
	}
	return NewToken{Token: tokenOf(r), Secret: Revealed{secret}}, nil
}

// makeRoom removes tokens whose time is over, and fails with ErrLimit if there are
// MaxTokens others.
func (s *Server) makeRoom(ctx context.Context, now time.Time) error {
	records, err := s.cfg.Tokens.List(ctx)
	if err != nil {
		return err
	}
	left := len(records)
	for _, r := range records {
		if !r.Ended(now) {
			continue
		}
		if err := s.cfg.Tokens.Delete(ctx, r.ID); err != nil && !errors.Is(err, token.ErrUnknown) {
			return err
		}
		left--
	}
	if left >= MaxTokens {
		return fmt.Errorf("%w: there are %d tokens", ErrLimit, left)
	}
	return nil
}
