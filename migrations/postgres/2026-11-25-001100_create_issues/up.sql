-- The printed issues of the paper, and which articles are in them.
CREATE TABLE issues (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    title text NOT NULL,
    description text,
    number integer,
    -- A day, or a month without one.
    issued_on text NOT NULL,
    cover_image jsonb,
    pdf_url text,
    -- Made of the date and the number, so that text order is the order of the issues.
    place text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX issues_slug_key ON issues (slug);
CREATE INDEX issues_place_idx ON issues (place, id);
CREATE INDEX issues_updated_idx ON issues (updated_at, id);

ALTER TABLE articles ADD COLUMN issue_id uuid REFERENCES issues (id);
CREATE INDEX articles_issue_idx ON articles (issue_id, updated_at, id);

ALTER TABLE public_articles ADD COLUMN issue_id uuid REFERENCES issues (id);
CREATE INDEX public_articles_issue_idx ON public_articles (issue_id, published_at, article_id);

ALTER TABLE site ADD COLUMN issue_path text NOT NULL DEFAULT '/issues/{slug}';
