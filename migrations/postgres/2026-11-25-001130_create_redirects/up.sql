-- Addresses of the website that lead elsewhere, or are gone. None leads to another one of them.
CREATE TABLE redirects (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    source text COLLATE "C" NOT NULL,
    target text,
    -- The path of the target, where that is on the website too.
    target_path text COLLATE "C",
    status integer NOT NULL CONSTRAINT redirects_status_check CHECK (status IN (301, 302, 308, 410))
);
CREATE UNIQUE INDEX redirects_source_key ON redirects (source);
CREATE INDEX redirects_target_idx ON redirects (target_path);
CREATE INDEX redirects_updated_idx ON redirects (updated_at, id);
