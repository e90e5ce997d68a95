-- What is indexed, an article a row. A place is the time of publication in milliseconds, times 32768, plus a number that
-- tells articles of one millisecond apart: the order of the places is that of the publications.
CREATE TABLE search (
    place bigint PRIMARY KEY,
    article_id uuid NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    -- What hits are ranked by.
    gist text NOT NULL
);
CREATE UNIQUE INDEX search_article_id_key ON search (article_id);

-- The index itself, a row a place. It holds folded tokens, and no text to give back.
CREATE TABLE search_index (
    rowid bigint PRIMARY KEY,
    terms tsvector NOT NULL
);
CREATE INDEX search_index_terms_idx ON search_index USING gin (terms);

-- Public articles that are not indexed yet: those that were there before. They are as soon as this step has run.
CREATE TABLE search_queue (
    article_id uuid PRIMARY KEY REFERENCES public_articles (article_id) ON DELETE CASCADE
);
INSERT INTO search_queue (article_id) SELECT article_id FROM public_articles;
