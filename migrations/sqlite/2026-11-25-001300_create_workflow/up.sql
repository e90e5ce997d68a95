-- Review, withdrawal, an end, and a revision that is to take the place of the public one.
ALTER TABLE articles ADD COLUMN visible_until TEXT;
ALTER TABLE articles ADD COLUMN submitted_at TEXT;
ALTER TABLE articles ADD COLUMN submitted_by TEXT REFERENCES users (id);
ALTER TABLE articles ADD COLUMN review_comment TEXT;
ALTER TABLE articles ADD COLUMN approved_by TEXT REFERENCES users (id);
ALTER TABLE articles ADD COLUMN withdrawn_at TEXT;
ALTER TABLE articles ADD COLUMN withdrawal_reason TEXT;
ALTER TABLE articles ADD COLUMN withdrawal_notice TEXT;
ALTER TABLE articles ADD COLUMN prepared_revision INTEGER;
ALTER TABLE articles ADD COLUMN prepared_from TEXT;
ALTER TABLE articles ADD COLUMN prepared_slug TEXT;
CREATE INDEX articles_submitted_idx ON articles (updated_at, id) WHERE submitted_at IS NOT NULL;
CREATE INDEX articles_withdrawn_idx ON articles (updated_at, id) WHERE withdrawn_at IS NOT NULL;
CREATE INDEX articles_visible_until_idx ON articles (visible_until) WHERE visible_until IS NOT NULL;
CREATE INDEX articles_prepared_from_idx ON articles (prepared_from) WHERE prepared_from IS NOT NULL;
CREATE UNIQUE INDEX articles_prepared_slug_key ON articles (prepared_slug) WHERE prepared_slug IS NOT NULL;
