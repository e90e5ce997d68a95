-- Invitations and password resets that have not been used yet, by the hash of their token; one of each for a user.
CREATE TABLE one_time_links (
    token_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CONSTRAINT one_time_links_purpose_check CHECK (purpose IN ('invitation', 'password_reset')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_time_links_user_id_key ON one_time_links (user_id, purpose);
