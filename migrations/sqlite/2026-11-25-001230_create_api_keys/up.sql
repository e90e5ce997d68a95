-- Keys of programs, by hash. After a rotation the secret of before works until the time beside it.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hint TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    previous_hash TEXT,
    previous_until TEXT,
    expires_at TEXT NOT NULL,
    last_used_at TEXT
) STRICT;
CREATE INDEX api_keys_name_idx ON api_keys (name, id);
CREATE INDEX api_keys_updated_idx ON api_keys (updated_at, id);
CREATE INDEX api_keys_owner_idx ON api_keys (owner_id);
CREATE UNIQUE INDEX api_keys_secret_hash_key ON api_keys (secret_hash);
CREATE UNIQUE INDEX api_keys_previous_hash_key ON api_keys (previous_hash);
