-- Lists of articles put together by hand and filled up by a rule.
CREATE TABLE collections (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    description text,
    size integer NOT NULL CONSTRAINT collections_size_check CHECK (size BETWEEN 1 AND 100),
    -- The articles put in by hand, in order. One that is deleted stays there and is passed over.
    slots jsonb NOT NULL,
    -- The rule; what it refers to stands beside it, so that nothing in use can be deleted.
    fill jsonb,
    fill_section_id uuid REFERENCES sections (id),
    fill_tag_id uuid REFERENCES tags (id)
);
CREATE UNIQUE INDEX collections_slug_key ON collections (slug);
CREATE INDEX collections_name_idx ON collections (name, id);
CREATE INDEX collections_updated_idx ON collections (updated_at, id);
CREATE INDEX collections_section_idx ON collections (fill_section_id);
CREATE INDEX collections_tag_idx ON collections (fill_tag_id);
