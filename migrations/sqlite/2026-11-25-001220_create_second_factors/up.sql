-- What a user's codes are made from, sealed; it counts once it is confirmed. The step of the last code that was taken
-- keeps a code from working twice.
CREATE TABLE second_factors (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    created_at TEXT NOT NULL,
    confirmed_at TEXT,
    last_step INTEGER
) STRICT;

-- Codes for those who have lost the device, by hash; each works once.
CREATE TABLE recovery_codes (
    code_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX recovery_codes_user_idx ON recovery_codes (user_id);
