package store

// schema is what makes the tables, one step for each version. A step that has been
// released is never changed; what comes later is a step of its own.
//
// Times are milliseconds since 1970, NULL for none. Numbers of contacts are never
// used again, because sealed columns are bound to them. Lengths are checked where
// a wrong one can only be a mistake of this program; what peers may send is bounded
// before it comes here.
var schema = []string{schema1}

const schema1 = `
CREATE TABLE settings (
	name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 128),
	value BLOB NOT NULL -- sealed
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	peer BLOB NOT NULL UNIQUE CHECK (length(peer) BETWEEN 1 AND 128),
	name TEXT NOT NULL,         -- as the contact calls itself
	alias TEXT NOT NULL,        -- as we call it, or empty
	introduction TEXT NOT NULL, -- of its request, or ours
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6),
	verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
	muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
	keep_connected INTEGER NOT NULL CHECK (keep_connected IN (0, 1)),
	added INTEGER
) STRICT;

CREATE TABLE addresses (
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	position INTEGER NOT NULL,
	address TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 256),
	client_key BLOB, -- sealed
	PRIMARY KEY (contact, position),
	UNIQUE (contact, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	id BLOB NOT NULL CHECK (length(id) = 32),
	saved BLOB NOT NULL, -- sealed
	PRIMARY KEY (contact, id)
) STRICT;

CREATE TABLE conversations (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 2),
	title TEXT NOT NULL,
	muted INTEGER NOT NULL CHECK (muted IN (0, 1)),
	timer INTEGER NOT NULL CHECK (timer >= 0), -- seconds until messages disappear, or 0
	read INTEGER NOT NULL DEFAULT 0,           -- the last message that was read
	added INTEGER
) STRICT;

CREATE TABLE members ( -- beside ourselves
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	contact INTEGER NOT NULL REFERENCES contacts,
	PRIMARY KEY (conversation, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_contact ON members (contact);

CREATE TABLE messages (
	number INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of this store
	conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
	sender INTEGER REFERENCES contacts,       -- NULL is ourselves
	id BLOB NOT NULL CHECK (length(id) = 16),
	body TEXT NOT NULL,
	written INTEGER, -- by the clock of the sender
	stored INTEGER,  -- by ours
	expires INTEGER
) STRICT;
CREATE UNIQUE INDEX messages_id ON messages (conversation, ifnull(sender, 0), id);
CREATE INDEX messages_order ON messages (conversation, number);
CREATE INDEX messages_sender ON messages (sender) WHERE sender IS NOT NULL;
CREATE INDEX messages_expires ON messages (expires) WHERE expires IS NOT NULL;

CREATE TABLE deliveries ( -- of our messages, to each member
	message INTEGER NOT NULL REFERENCES messages ON DELETE CASCADE,
	contact INTEGER NOT NULL REFERENCES contacts,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	changed INTEGER,
	PRIMARY KEY (message, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox ( -- cells until they are confirmed
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
	session BLOB NOT NULL CHECK (length(session) = 32),
	message INTEGER REFERENCES messages ON DELETE CASCADE, -- NULL for what is no message
	cell BLOB NOT NULL,
	added INTEGER
) STRICT;
CREATE INDEX outbox_contact ON outbox (contact, id);
CREATE INDEX outbox_message ON outbox (message) WHERE message IS NOT NULL;

CREATE TABLE events (
	cursor INTEGER PRIMARY KEY AUTOINCREMENT,
	happened INTEGER,
	kind TEXT NOT NULL,
	body BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
	body, content = 'messages', content_rowid = 'number', columnsize = 0,
	tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER messages_added AFTER INSERT ON messages BEGIN
	INSERT INTO search (rowid, body) VALUES (new.number, new.body);
END;
CREATE TRIGGER messages_removed AFTER DELETE ON messages BEGIN
	INSERT INTO search (search, rowid, body) VALUES ('delete', old.number, old.body);
END;
CREATE TRIGGER messages_changed AFTER UPDATE OF body ON messages BEGIN
	INSERT INTO search (search, rowid, body) VALUES ('delete', old.number, old.body);
	INSERT INTO search (rowid, body) VALUES (new.number, new.body);
END;
`
