package rpc

import (
	"context"

	"github.com/onionwire/onionwire/node/ledger"
)

// SendFile implements API. The path is one of the machine of the node, as are those of
// the other methods.
func (r *Remote) SendFile(ctx context.Context, id ledger.ConversationID, path string) (File, error) {
	return ask[File](ctx, r, "send_file", sendFileParams{Conversation: id, Path: path})
}

// AcceptFile implements API.
func (r *Remote) AcceptFile(ctx context.Context, number ledger.FileNumber, folder string) error {
	return r.order(ctx, "accept_file", acceptFileParams{File: number, Folder: folder})
}

// DeclineFile implements API.
func (r *Remote) DeclineFile(ctx context.Context, number ledger.FileNumber) error {
	return r.order(ctx, "decline_file", fileParam{number})
}

// PauseFile implements API.
func (r *Remote) PauseFile(ctx context.Context, number ledger.FileNumber) error {
	return r.order(ctx, "pause_file", fileParam{number})
}

// ResumeFile implements API.
func (r *Remote) ResumeFile(ctx context.Context, number ledger.FileNumber) error {
	return r.order(ctx, "resume_file", fileParam{number})
}

// WithdrawFile implements API.
func (r *Remote) WithdrawFile(ctx context.Context, number ledger.FileNumber) error {
	return r.order(ctx, "withdraw_file", fileParam{number})
}

// Files implements API.
func (r *Remote) Files(ctx context.Context, id ledger.ConversationID, before ledger.FileNumber, limit int) ([]File, error) {
	return ask[[]File](ctx, r, "files", filesParams{Conversation: id, page: page{int64(before), most(limit)}})
}

// File implements API.
func (r *Remote) File(ctx context.Context, number ledger.FileNumber) (File, error) {
	return ask[File](ctx, r, "file", fileParam{number})
}
