package rpc

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/onionwire/onionwire/node/ledger"
)

type (
	filesParams struct {
		// Conversation is the only one whose files come; otherwise all do.
		Conversation ledger.ConversationID `json:"conversation,omitempty"`
		page
	}
	sendFileParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		Path         string                `json:"path"`
	}
	acceptFileParams struct {
		File ledger.FileNumber `json:"file"`
		// Folder is that of the settings if it is left out.
		Folder string `json:"folder,omitempty"`
	}
)

// errPath is for paths that would depend on where the node was started.
var errPath = fmt.Errorf("%w: the path is not absolute", ErrInvalid)

var fileMethods = []method{
	define("send_file", laborer, "", func(ctx context.Context, c *call, p sendFileParams) (File, error) {
		if !filepath.IsAbs(p.Path) {
			return File{}, errPath
		}
		return c.api().SendFile(ctx, p.Conversation, p.Path)
	}),
	define("accept_file", owner, "", func(ctx context.Context, c *call, p acceptFileParams) (nothing, error) {
		if p.Folder != "" && !filepath.IsAbs(p.Folder) {
			return nothing{}, errPath
		}
		return nothing{}, c.api().AcceptFile(ctx, p.File, p.Folder)
	}),
	order[fileParam]("decline_file", owner, API.DeclineFile),
	order[fileParam]("pause_file", owner, API.PauseFile),
	order[fileParam]("resume_file", owner, API.ResumeFile),
	order[fileParam]("withdraw_file", owner, API.WithdrawFile),
	// files are the last ones that were offered, the latest first.
	define("files", member, "", func(ctx context.Context, c *call, p filesParams) ([]File, error) {
		limit, err := p.limit(MaxMessages)
		if err != nil {
			return nil, err
		}
		all, err := list(c.api().Files(ctx, p.Conversation, ledger.FileNumber(p.Before), limit))
		for i := range all {
			all[i] = c.shown(all[i])
		}
		return all, err
	}),
	define("file", member, "", func(ctx context.Context, c *call, p fileParam) (File, error) {
		f, err := c.api().File(ctx, p.File)
		return c.shown(f), err
	}),
}
