-- Invitations and password resets that have not been used yet, by the hash of their token; one of each for a user.
CREATE TABLE one_time_links (
    token_hash text COLLATE "C" PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose text NOT NULL CONSTRAINT one_time_links_purpose_check CHECK (purpose IN ('invitation', 'password_reset')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_time_links_user_id_key ON one_time_links (user_id, purpose);
