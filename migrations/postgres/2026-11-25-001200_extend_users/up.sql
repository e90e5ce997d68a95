-- Users are managed over the API: versioned like records, listed, and invited before they have a password (an empty hash).
ALTER TABLE users
    ALTER COLUMN name TYPE text COLLATE "C",
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT '1970-01-01T00:00:00Z',
    ADD COLUMN updated_by uuid,
    ADD COLUMN last_login_at timestamptz;
UPDATE users SET updated_at = created_at;
CREATE INDEX users_name_idx ON users (name, id);
CREATE INDEX users_updated_idx ON users (updated_at, id);
