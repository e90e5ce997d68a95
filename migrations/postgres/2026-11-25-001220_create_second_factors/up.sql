-- What a user's codes are made from, sealed; it counts once it is confirmed. The step of the last code that was taken
-- keeps a code from working twice.
CREATE TABLE second_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret text NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint
);

-- Codes for those who have lost the device, by hash; each works once.
CREATE TABLE recovery_codes (
    code_hash text COLLATE "C" PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);
CREATE INDEX recovery_codes_user_idx ON recovery_codes (user_id);
