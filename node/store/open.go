package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/lock"
)

// File is the name of the database in the folder of a profile. Beside it are its
// write-ahead log (-wal) while it is open or after a crash, a draft (.new) while it
// is made, and a backup (.backup-N) after a migration.
const File = "store.db"

// suffixes of the files of SQLite beside a database.
var suffixes = []string{"-wal", "-journal", "-shm"}

// opener is what a store is opened with. Tests have other ones.
type opener struct {
	base   vfs.VFS // what is encrypted
	schema []string
}

func standard() opener { return opener{base: vfs.Find(""), schema: schema} }

// Create makes an empty store in the folder, which the caller has the lock of, and
// opens it. After a crash there is a whole one or none. It fails with fs.ErrExist,
// ErrReadOnly or ErrFull, and leaves nothing behind.
func Create(ctx context.Context, folder *lock.Folder, keys *Keys) (*Store, error) {
	return standard().create(ctx, folder, keys, nil)
}

// create makes a store, has it filled, and gives it its name.
func (o opener) create(ctx context.Context, folder *lock.Folder, keys *Keys, fill func(*Store) error) (*Store, error) {
	path := filepath.Join(folder.Path(), File)
	// A log without its database would be taken for that of the new one.
	for _, suffix := range append([]string{""}, suffixes...) {
		if _, err := os.Lstat(path + suffix); err == nil {
			return nil, fmt.Errorf("create database: %s: %w", File+suffix, fs.ErrExist)
		}
	}
	draft := path + ".new"
	if err := removeAll(draft); err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	err := o.draft(ctx, draft, keys, fill)
	if err == nil {
		err = durable.Publish(draft, path)
	}
	if err != nil {
		_ = removeAll(draft)
		return nil, fmt.Errorf("create database: %w", err)
	}
	if err := durable.SyncFolder(folder.Path()); err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	return o.open(ctx, folder, keys)
}

// removeAll removes a database and what belongs to it.
func removeAll(path string) error {
	for _, suffix := range append(suffixes, "") {
		if err := durable.Remove(path + suffix); err != nil {
			return err
		}
	}
	return nil
}

// draft makes a database at path, whole and flushed.
func (o opener) draft(ctx context.Context, path string, keys *Keys, fill func(*Store) error) error {
	if err := durable.Create(path, nil); err != nil { // for the mode
		return err
	}
	s, err := o.connect(ctx, path, keys, false)
	if err != nil {
		return err
	}
	err = s.prepare(ctx, o.schema)
	if err == nil && fill != nil {
		err = fill(s)
	}
	if closeErr := s.disconnect(); err == nil {
		err = explain(ctx, closeErr)
	}
	return err
}

// Open opens the store in the folder, which the caller has the lock of. It fails with
// fs.ErrNotExist, ErrKey, ErrDamaged, ErrNewer, ErrReadOnly, ErrFull or ErrDisk, and
// then has changed no row: an older database that cannot be migrated stays as it was,
// beside its backup.
func Open(ctx context.Context, folder *lock.Folder, keys *Keys) (*Store, error) {
	return standard().open(ctx, folder, keys)
}

func (o opener) open(ctx context.Context, folder *lock.Folder, keys *Keys) (*Store, error) {
	path := filepath.Join(folder.Path(), File)
	log, err := probe(path, keys.database)
	if err != nil {
		return nil, err
	}
	if err := writable(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s, err := o.connect(ctx, path, keys, log)
	if err != nil {
		return nil, err
	}
	if err := s.verify(ctx, folder.Path(), o.schema); err != nil {
		_ = s.disconnect()
		return nil, fmt.Errorf("open database: %w", explain(ctx, err))
	}
	return s, nil
}

// verify checks that the database is one of ours, opens with the key of the rows as
// well, and has the schema of this version, which it is brought to if it is older.
func (s *Store) verify(ctx context.Context, folder string, schema []string) error {
	version, err := s.version(len(schema))
	if err != nil {
		return err
	}
	if err := s.checkRows(ctx); err != nil {
		return err
	}
	// The log has just been made; without this a power cut may take its name, and
	// with it what is committed to it.
	if err := durable.SyncFolder(folder); err != nil {
		return err
	}
	if _, err := s.conn.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, false); err != nil {
		return err
	}
	path := filepath.Join(folder, File)
	if version == len(schema) {
		err = removeBackups(path)
	} else {
		err = s.migrate(ctx, path, version, schema)
	}
	if err != nil {
		return err
	}
	if err := s.checkIndex(ctx); err != nil {
		return err
	}
	return s.checkCleared(ctx)
}

// writable refuses what SQLite would open for reading only.
func writable(path string) error {
	for _, name := range []string{path, path + "-wal"} {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return durable.Explain(err)
		}
		if err := f.Close(); err != nil {
			return durable.Explain(err)
		}
	}
	return nil
}

// pragmas write nothing. Locking comes before anything that reads, so that SQLite
// never makes a file for shared memory.
const pragmas = `
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -16384;
PRAGMA journal_size_limit = 4194304;
`

// connect opens a database that exists. If keepLog, closing it leaves the log alone,
// until all is known to be well.
func (o opener) connect(ctx context.Context, path string, keys *Keys, keepLog bool) (_ *Store, err error) {
	s := &Store{
		statements: make(map[string]*sqlite3.Stmt),
		keys:       keys.clone(),
	}
	s.sealer = sealer{s.keys.rows}
	name, unregister := ciphers{key: s.keys.database}.register(o.base)
	s.unregister = unregister
	s.conn, err = sqlite3.OpenFlags(uri(path, name), sqlite3.OPEN_READWRITE|sqlite3.OPEN_URI)
	if err != nil {
		unregister()
		s.keys.Wipe()
		return nil, fmt.Errorf("open database: %w", explain(ctx, err))
	}
	_, err = s.conn.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, keepLog)
	if err == nil {
		err = s.conn.Exec(pragmas)
	}
	if err == nil {
		err = fts5.Register(s.conn)
	}
	if err == nil {
		err = registerWords(s.conn)
	}
	if err != nil {
		_ = s.disconnect()
		return nil, fmt.Errorf("open database: %w", explain(ctx, err))
	}
	return s, nil
}

// uri names a database to SQLite. All its files get the mode of the first.
func uri(path, vfsName string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive
	}
	query := url.Values{"vfs": {vfsName}, "textkey": {keyName}, "modeof": {path}}
	return (&url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: strings.ReplaceAll(query.Encode(), "+", "%20")}).String()
}
