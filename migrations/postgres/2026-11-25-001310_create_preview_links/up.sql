-- Addresses under which an unpublished revision can be seen. The token is the sealed id, so that none is stored.
CREATE TABLE preview_links (
    id uuid PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- Absent for whatever is the latest.
    revision integer,
    scope text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX preview_links_article_idx ON preview_links (article_id, created_at, id);
CREATE INDEX preview_links_expires_idx ON preview_links (expires_at);

-- Where the website shows previews, and what is made of what publishing need not insist on.
ALTER TABLE site ADD COLUMN preview_path text NOT NULL DEFAULT '/preview/{token}';
ALTER TABLE site ADD COLUMN readiness jsonb NOT NULL DEFAULT '{}';
