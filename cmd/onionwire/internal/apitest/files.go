package apitest

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Offer has the contact of a conversation offer a file.
func (f *Fake) Offer(id ledger.ConversationID, name string, size int64) ledger.FileNumber {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.offer(id, rpc.File{Incoming: true, Name: name, Size: size}).Number
}

// SetFile changes a file as if the node had found that out.
func (f *Fake) SetFile(n ledger.FileNumber, change func(file *rpc.File)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.files[n-1])
	f.fileChanged(n)
}

// Progress tells how a transfer goes on.
func (f *Fake) Progress(n ledger.FileNumber, p rpc.Progress) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file := &f.files[n-1]
	file.Done = p.Done
	f.signal(rpc.Event{Kind: rpc.FileProgress, File: n, Conversation: file.Conversation, Contact: file.Contact, Progress: &p})
}

func (f *Fake) offer(id ledger.ConversationID, file rpc.File) rpc.File {
	file.Number, file.Conversation = ledger.FileNumber(len(f.files)+1), id
	file.Contact, file.State, file.Added = f.conversations[id].Members[0], rpc.OfferedFile, f.tick()
	file.Changed = file.Added
	f.files = append(f.files, file)
	f.happen(ledger.FileOffered, rpc.Event{File: file.Number, Conversation: id, Contact: file.Contact})
	return file
}

func (f *Fake) fileChanged(n ledger.FileNumber) {
	file := &f.files[n-1]
	file.Changed = f.tick()
	f.happen(ledger.FileChanged, rpc.Event{File: n, Conversation: file.Conversation, Contact: file.Contact, FileState: file.State})
}

// SendFile offers a file, which need not be there.
func (f *Fake) SendFile(ctx context.Context, id ledger.ConversationID, path string) (rpc.File, error) {
	if err := f.enter(ctx, "SendFile"); err != nil {
		return rpc.File{}, err
	}
	defer f.mu.Unlock()
	switch {
	case !filepath.IsAbs(path):
		return rpc.File{}, fmt.Errorf("%w: the path is not absolute", rpc.ErrInvalid)
	case f.conversations[id] == nil:
		return rpc.File{}, notFound("conversation")
	}
	return f.offer(id, rpc.File{Name: filepath.Base(path), Path: path, Size: 1 << 20}), nil
}

// file changes a file that is in one of the states.
func (f *Fake) file(ctx context.Context, method string, n ledger.FileNumber, use func(file *rpc.File), in ...rpc.FileState) error {
	if err := f.enter(ctx, method); err != nil {
		return err
	}
	defer f.mu.Unlock()
	switch {
	case n < 1 || int(n) > len(f.files):
		return notFound("file")
	case !slices.Contains(in, f.files[n-1].State):
		return rpc.ErrState
	}
	use(&f.files[n-1])
	f.fileChanged(n)
	return nil
}

// AcceptFile takes an offered file.
func (f *Fake) AcceptFile(ctx context.Context, n ledger.FileNumber, folder string) error {
	return f.file(ctx, "AcceptFile", n, func(file *rpc.File) {
		if folder == "" {
			folder = f.settings.Downloads
		}
		file.State, file.Path = rpc.MovingFile, filepath.Join(folder, file.Name)
	}, rpc.OfferedFile)
}

// DeclineFile says no to an offer.
func (f *Fake) DeclineFile(ctx context.Context, n ledger.FileNumber) error {
	return f.file(ctx, "DeclineFile", n, func(file *rpc.File) { file.State = rpc.DeclinedFile }, rpc.OfferedFile)
}

// PauseFile stops a transfer.
func (f *Fake) PauseFile(ctx context.Context, n ledger.FileNumber) error {
	return f.file(ctx, "PauseFile", n, func(file *rpc.File) { file.State = rpc.PausedFile }, rpc.MovingFile)
}

// ResumeFile goes on with it.
func (f *Fake) ResumeFile(ctx context.Context, n ledger.FileNumber) error {
	return f.file(ctx, "ResumeFile", n, func(file *rpc.File) { file.State = rpc.MovingFile }, rpc.PausedFile)
}

// WithdrawFile calls a transfer off.
func (f *Fake) WithdrawFile(ctx context.Context, n ledger.FileNumber) error {
	return f.file(ctx, "WithdrawFile", n, func(file *rpc.File) { file.State = rpc.WithdrawnFile }, rpc.OfferedFile, rpc.MovingFile, rpc.PausedFile)
}

// Files returns a page of files, the latest first.
func (f *Fake) Files(ctx context.Context, id ledger.ConversationID, before ledger.FileNumber, limit int) ([]rpc.File, error) {
	if err := f.enter(ctx, "Files"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	var page []rpc.File
	for _, file := range slices.Backward(f.files) {
		if (id == 0 || file.Conversation == id) && (before == 0 || file.Number < before) && len(page) < limit {
			page = append(page, file)
		}
	}
	return page, nil
}

// File returns one file.
func (f *Fake) File(ctx context.Context, n ledger.FileNumber) (rpc.File, error) {
	if err := f.enter(ctx, "File"); err != nil {
		return rpc.File{}, err
	}
	defer f.mu.Unlock()
	if n < 1 || int(n) > len(f.files) {
		return rpc.File{}, notFound("file")
	}
	return f.files[n-1], nil
}
