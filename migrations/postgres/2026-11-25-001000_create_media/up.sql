-- Files by their content, and what editors say of them.
CREATE TABLE media_files (
    -- The SHA-256 of what is kept, in hexadecimal.
    hash text COLLATE "C" PRIMARY KEY,
    -- Where it is kept. A file that is added again after it was swept gets another place, so that sweeping late cannot hit it.
    storage_key uuid NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    width integer,
    height integer,
    frames integer NOT NULL,
    file_name text NOT NULL,
    created_at timestamptz NOT NULL,
    -- When it was last added; only what has been left alone for long is swept.
    touched_at timestamptz NOT NULL
);
CREATE INDEX media_files_touched_idx ON media_files (touched_at, hash);

-- Places that hold nothing any more, until that has been seen to twice.
CREATE TABLE swept_files (
    storage_key uuid PRIMARY KEY,
    swept_at timestamptz NOT NULL
);

CREATE TABLE media (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL REFERENCES users (id),
    kind text NOT NULL CONSTRAINT media_kind_check CHECK (kind IN ('image', 'document')),
    name text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL REFERENCES media_files (hash),
    -- What the editor entered.
    content jsonb NOT NULL,
    -- The words of it, folded.
    searched text NOT NULL
);
CREATE INDEX media_name_idx ON media (name, id);
CREATE INDEX media_created_idx ON media (created_at, id);
CREATE INDEX media_updated_idx ON media (updated_at, id);
CREATE INDEX media_hash_idx ON media (hash);
