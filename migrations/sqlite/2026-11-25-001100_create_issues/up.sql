-- The printed issues of the paper, and which articles are in them.
CREATE TABLE issues (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    title TEXT NOT NULL,
    description TEXT,
    number INTEGER,
    -- A day, or a month without one.
    issued_on TEXT NOT NULL,
    cover_image TEXT,
    pdf_url TEXT,
    -- Made of the date and the number, so that text order is the order of the issues.
    place TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX issues_slug_key ON issues (slug);
CREATE INDEX issues_place_idx ON issues (place, id);
CREATE INDEX issues_updated_idx ON issues (updated_at, id);

ALTER TABLE articles ADD COLUMN issue_id TEXT REFERENCES issues (id);
CREATE INDEX articles_issue_idx ON articles (issue_id, updated_at, id);

ALTER TABLE public_articles ADD COLUMN issue_id TEXT REFERENCES issues (id);
CREATE INDEX public_articles_issue_idx ON public_articles (issue_id, published_at, article_id);

ALTER TABLE site ADD COLUMN issue_path TEXT NOT NULL DEFAULT '/issues/{slug}';
