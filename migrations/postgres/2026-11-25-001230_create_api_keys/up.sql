-- Keys of programs, by hash. After a rotation the secret of before works until the time beside it.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    name text COLLATE "C" NOT NULL,
    scopes jsonb NOT NULL,
    owner_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hint text NOT NULL,
    secret_hash text COLLATE "C" NOT NULL,
    previous_hash text COLLATE "C",
    previous_until timestamptz,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX api_keys_name_idx ON api_keys (name, id);
CREATE INDEX api_keys_updated_idx ON api_keys (updated_at, id);
CREATE INDEX api_keys_owner_idx ON api_keys (owner_id);
CREATE UNIQUE INDEX api_keys_secret_hash_key ON api_keys (secret_hash);
CREATE UNIQUE INDEX api_keys_previous_hash_key ON api_keys (previous_hash);
