-- Standing pages, such as the imprint.
CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    title TEXT NOT NULL,
    description TEXT,
    state TEXT NOT NULL CONSTRAINT pages_state_check CHECK (state IN ('draft', 'published')),
    menu_position INTEGER,
    body_format TEXT NOT NULL,
    body_source TEXT,
    -- Made from the source when it is saved, for readers.
    body_html TEXT NOT NULL,
    body_markdown TEXT NOT NULL,
    body_plain TEXT NOT NULL,
    -- Made of the place in the menu and the title, so that text order is the order of the menu.
    place TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX pages_slug_key ON pages (slug);
CREATE INDEX pages_place_idx ON pages (place, id);
CREATE INDEX pages_updated_idx ON pages (updated_at, id);
CREATE INDEX pages_state_idx ON pages (state, place, id);

ALTER TABLE site ADD COLUMN page_path TEXT NOT NULL DEFAULT '/pages/{slug}';
