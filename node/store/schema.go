package store

// schema is what makes the tables, one step for each version. A step that has been
// released is never changed; what comes later is a step of its own.
//
// Times are milliseconds since 1970, NULL for none. Numbers are given by whoever
// makes the rows; AUTOINCREMENT remembers the highest, so that none is used again,
// not least because sealed columns are bound to them. Lengths are checked where a
// wrong one can only be a mistake of this program; what peers may send is bounded
// before it comes here.
var schema = []string{schemaContacts + schemaMessages + schemaQueue + schemaSearch, schemaDrafts}

const schemaContacts = `
CREATE TABLE settings (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 128),
	value BLOB NOT NULL -- sealed
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
	id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
	peer BLOB NOT NULL UNIQUE CHECK (length(peer) BETWEEN 1 AND 128),
	name TEXT NOT NULL,         -- as the contact calls itself
	alias TEXT NOT NULL,        -- as we call it, or empty
	introduction TEXT NOT NULL, -- of its request, or ours
	invite BLOB,                -- sealed
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
	changed INTEGER,
	verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
	muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
	keep_connected INTEGER NOT NULL CHECK (keep_connected IN (0, 1)),
	forgotten INTEGER NOT NULL CHECK (forgotten IN (0, 1)),
	expiry INTEGER NOT NULL,    -- nanoseconds that messages may wait, 0 as the profile says, negative for ever
	silent INTEGER NOT NULL CHECK (silent IN (0, 1)),
	added INTEGER
) STRICT;

CREATE TABLE addresses (
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	position INTEGER NOT NULL,
	onion BLOB NOT NULL CHECK (length(onion) = 32),
	port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
	client_key BLOB CHECK (length(client_key) = 72), -- sealed
	PRIMARY KEY (contact, position),
	UNIQUE (contact, onion, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE streams ( -- names and numbers of items, 64 bits without a sign in those that there are
	contact INTEGER PRIMARY KEY REFERENCES contacts ON DELETE CASCADE,
	out INTEGER NOT NULL,
	base INTEGER NOT NULL,
	sent INTEGER NOT NULL,
	"in" INTEGER NOT NULL,
	next INTEGER NOT NULL,
	retired BLOB NOT NULL CHECK (length(retired) % 8 = 0)
) STRICT;

CREATE TABLE sessions (
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	id BLOB NOT NULL CHECK (length(id) = 32),
	saved BLOB NOT NULL, -- sealed
	PRIMARY KEY (contact, id)
) STRICT;

CREATE TABLE invites (
	name BLOB PRIMARY KEY CHECK (length(name) = 32), -- SHA-256 of the token
	token BLOB NOT NULL, -- sealed
	note TEXT NOT NULL,
	added INTEGER,
	expires INTEGER
) STRICT, WITHOUT ROWID;
`

const schemaMessages = `
CREATE TABLE conversations (
	id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),
	title TEXT NOT NULL,
	muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
	timer INTEGER NOT NULL CHECK (timer >= 0), -- seconds until messages disappear, or 0
	read INTEGER NOT NULL,                     -- the last message that was read
	added INTEGER
) STRICT;

CREATE TABLE members ( -- beside ourselves
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	contact INTEGER NOT NULL REFERENCES contacts,
	PRIMARY KEY (conversation, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_contact ON members (contact);

CREATE TABLE messages (
	number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number > 0),
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	sender INTEGER, -- NULL is ourselves
	id BLOB NOT NULL CHECK (length(id) = 16),
	body TEXT NOT NULL,
	written INTEGER, -- by the clock of the sender
	stored INTEGER,  -- by ours
	timer INTEGER NOT NULL CHECK (timer >= 0), -- seconds
	expires INTEGER,
	FOREIGN KEY (conversation, sender) REFERENCES members
) STRICT;
CREATE UNIQUE INDEX messages_id ON messages (conversation, ifnull(sender, 0), id);
CREATE INDEX messages_order ON messages (conversation, number);
CREATE INDEX messages_sender ON messages (conversation, sender, number) WHERE sender IS NOT NULL;
CREATE INDEX messages_timer ON messages (conversation, number) WHERE timer > 0 AND expires IS NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE expires IS NOT NULL;

CREATE TABLE gone ( -- messages of others that were deleted, in the order of that
	place INTEGER PRIMARY KEY,
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	sender INTEGER NOT NULL,
	id BLOB NOT NULL CHECK (length(id) = 16),
	UNIQUE (conversation, sender, id)
) STRICT;
CREATE INDEX gone_order ON gone (conversation, place);

CREATE TABLE deliveries ( -- of our messages, to each member
	message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
	contact INTEGER NOT NULL REFERENCES contacts,
	item INTEGER NOT NULL, -- that carries it, or was the last to; it may be gone
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	changed INTEGER,
	PRIMARY KEY (message, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_unread ON deliveries (contact, item, message) WHERE state = 3;

CREATE TABLE files (
	number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number > 0),
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	contact INTEGER NOT NULL REFERENCES contacts,
	id BLOB NOT NULL CHECK (length(id) = 16),
	incoming INTEGER NOT NULL CHECK (incoming IN (0, 1)),
	key BLOB CHECK (length(key) = 72), -- sealed
	name TEXT NOT NULL, -- as its sender says
	type TEXT NOT NULL,
	size INTEGER NOT NULL CHECK (size >= 0),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	path TEXT NOT NULL,
	modified INTEGER, -- what is sent, when it was offered
	draft TEXT NOT NULL,
	chunks INTEGER NOT NULL CHECK (chunks >= 0),
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	why TEXT NOT NULL,
	added INTEGER,
	changed INTEGER
) STRICT;
`

const schemaQueue = `
CREATE TABLE items ( -- what contacts are to be told, until it is confirmed
	id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	message INTEGER REFERENCES messages ON DELETE SET NULL, -- NULL for what is no message
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
	content BLOB NOT NULL, -- sealed: it may hold keys
	deadline INTEGER
) STRICT;
CREATE INDEX items_message ON items (message) WHERE message IS NOT NULL;

CREATE TABLE cells ( -- items as they were sealed
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	first INTEGER NOT NULL CHECK (first >= 0),
	count INTEGER NOT NULL CHECK (count > 0),
	session BLOB NOT NULL CHECK (length(session) = 32),
	cell BLOB NOT NULL,
	PRIMARY KEY (contact, first)
) STRICT;

CREATE TABLE events (
	cursor INTEGER PRIMARY KEY AUTOINCREMENT CHECK (cursor > 0),
	happened INTEGER,
	kind INTEGER NOT NULL CHECK (kind > 0),
	contact INTEGER NOT NULL, -- these four may be gone, or 0
	conversation INTEGER NOT NULL,
	message INTEGER NOT NULL,
	file INTEGER NOT NULL,
	id BLOB CHECK (length(id) = 16),
	delivery INTEGER NOT NULL,
	file_state INTEGER NOT NULL,
	seconds INTEGER NOT NULL
) STRICT;
`

// The index of the search has the words of messages (see words.go) up to a number;
// those after it are few, and looked through one by one (see index.go).
const schemaSearch = `
CREATE TABLE indexed (
	upto INTEGER NOT NULL,
	words TEXT NOT NULL -- the version of what makes words
) STRICT;
INSERT INTO indexed VALUES (0, '');

CREATE TABLE unlisted ( -- what is still in the index of messages that are not there any more
	number INTEGER PRIMARY KEY,
	words TEXT NOT NULL
) STRICT;

CREATE VIEW words_of_messages AS
	SELECT number, words(number, conversation, body) AS words FROM messages
	WHERE number <= (SELECT upto FROM indexed)
	UNION ALL SELECT number, words FROM unlisted;

CREATE VIRTUAL TABLE search USING fts5 (
	words, content = 'words_of_messages', content_rowid = 'number', columnsize = 0, detail = none,
	tokenize = "ascii tokenchars '_'"
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER messages_added AFTER INSERT ON messages WHEN new.number <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO search (search, rowid, words) SELECT 'delete', number, words FROM unlisted WHERE number = new.number;
	DELETE FROM unlisted WHERE number = new.number;
	INSERT INTO search (rowid, words) VALUES (new.number, words(new.number, new.conversation, new.body));
END;
CREATE TRIGGER messages_removed AFTER DELETE ON messages WHEN old.number <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO unlisted (number, words) VALUES (old.number, words(old.number, old.conversation, old.body));
END;
CREATE TRIGGER messages_changed AFTER UPDATE OF body ON messages WHEN old.number <= (SELECT upto FROM indexed) BEGIN
	INSERT INTO search (search, rowid, words)
		VALUES ('delete', old.number, words(old.number, old.conversation, old.body));
	INSERT INTO search (rowid, words) VALUES (new.number, words(new.number, new.conversation, new.body));
END;
`

const schemaDrafts = `
CREATE TABLE drafts ( -- what is being written
	conversation INTEGER PRIMARY KEY REFERENCES conversations ON DELETE CASCADE,
	body BLOB NOT NULL -- sealed: nobody has said it
) STRICT;
`
