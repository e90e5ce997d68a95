-- Addresses of the website that lead elsewhere, or are gone. None leads to another one of them.
CREATE TABLE redirects (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    source TEXT NOT NULL,
    target TEXT,
    -- The path of the target, where that is on the website too.
    target_path TEXT,
    status INTEGER NOT NULL CONSTRAINT redirects_status_check CHECK (status IN (301, 302, 308, 410))
) STRICT;
CREATE UNIQUE INDEX redirects_source_key ON redirects (source);
CREATE INDEX redirects_target_idx ON redirects (target_path);
CREATE INDEX redirects_updated_idx ON redirects (updated_at, id);
