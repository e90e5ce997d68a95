-- Files by their content, and what editors say of them.
CREATE TABLE media_files (
    -- The SHA-256 of what is kept, in hexadecimal.
    hash TEXT PRIMARY KEY,
    -- Where it is kept. A file that is added again after it was swept gets another place, so that sweeping late cannot hit it.
    storage_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    frames INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- When it was last added; only what has been left alone for long is swept.
    touched_at TEXT NOT NULL
) STRICT;
CREATE INDEX media_files_touched_idx ON media_files (touched_at, hash);

-- Places that hold nothing any more, until that has been seen to twice.
CREATE TABLE swept_files (
    storage_key TEXT PRIMARY KEY,
    swept_at TEXT NOT NULL
) STRICT;

CREATE TABLE media (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CONSTRAINT media_kind_check CHECK (kind IN ('image', 'document')),
    name TEXT NOT NULL,
    hash TEXT NOT NULL REFERENCES media_files (hash),
    -- What the editor entered.
    content TEXT NOT NULL,
    -- The words of it, folded.
    searched TEXT NOT NULL
) STRICT;
CREATE INDEX media_name_idx ON media (name, id);
CREATE INDEX media_created_idx ON media (created_at, id);
CREATE INDEX media_updated_idx ON media (updated_at, id);
CREATE INDEX media_hash_idx ON media (hash);
