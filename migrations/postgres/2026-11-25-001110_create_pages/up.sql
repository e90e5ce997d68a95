-- Standing pages, such as the imprint.
CREATE TABLE pages (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    title text NOT NULL,
    description text,
    state text COLLATE "C" NOT NULL CONSTRAINT pages_state_check CHECK (state IN ('draft', 'published')),
    menu_position integer,
    body_format text NOT NULL,
    body_source text,
    -- Made from the source when it is saved, for readers.
    body_html text NOT NULL,
    body_markdown text NOT NULL,
    body_plain text NOT NULL,
    -- Made of the place in the menu and the title, so that text order is the order of the menu.
    place text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX pages_slug_key ON pages (slug);
CREATE INDEX pages_place_idx ON pages (place, id);
CREATE INDEX pages_updated_idx ON pages (updated_at, id);
CREATE INDEX pages_state_idx ON pages (state, place, id);

ALTER TABLE site ADD COLUMN page_path text NOT NULL DEFAULT '/pages/{slug}';
