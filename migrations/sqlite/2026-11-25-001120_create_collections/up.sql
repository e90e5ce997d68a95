-- Lists of articles put together by hand and filled up by a rule.
CREATE TABLE collections (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT,
    size INTEGER NOT NULL CONSTRAINT collections_size_check CHECK (size BETWEEN 1 AND 100),
    -- The articles put in by hand, in order. One that is deleted stays there and is passed over.
    slots TEXT NOT NULL,
    -- The rule; what it refers to stands beside it, so that nothing in use can be deleted.
    fill TEXT,
    fill_section_id TEXT REFERENCES sections (id),
    fill_tag_id TEXT REFERENCES tags (id)
) STRICT;
CREATE UNIQUE INDEX collections_slug_key ON collections (slug);
CREATE INDEX collections_name_idx ON collections (name, id);
CREATE INDEX collections_updated_idx ON collections (updated_at, id);
CREATE INDEX collections_section_idx ON collections (fill_section_id);
CREATE INDEX collections_tag_idx ON collections (fill_tag_id);
