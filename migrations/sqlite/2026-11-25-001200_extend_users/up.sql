-- Users are managed over the API: versioned like records, listed, and invited before they have a password (an empty hash).
ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN updated_at TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000Z';
ALTER TABLE users ADD COLUMN updated_by TEXT;
ALTER TABLE users ADD COLUMN last_login_at TEXT;
UPDATE users SET updated_at = created_at;
CREATE INDEX users_name_idx ON users (name, id);
CREATE INDEX users_updated_idx ON users (updated_at, id);
