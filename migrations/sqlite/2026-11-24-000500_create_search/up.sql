-- What is indexed, an article a row. A place is the time of publication in milliseconds, times 32768, plus a number that
-- tells articles of one millisecond apart: the order of the places is that of the publications.
CREATE TABLE search (
    place INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    -- What hits are ranked by.
    gist TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX search_article_id_key ON search (article_id);

-- The index itself, a row a place. It holds folded tokens separated by spaces, and no text to give back.
CREATE VIRTUAL TABLE search_index USING fts5 (
    terms,
    content = '',
    contentless_delete = 1,
    tokenize = "ascii tokenchars '_'"
);

-- Public articles that are not indexed yet: those that were there before. They are as soon as this step has run.
CREATE TABLE search_queue (
    article_id TEXT PRIMARY KEY REFERENCES public_articles (article_id) ON DELETE CASCADE
) STRICT;
INSERT INTO search_queue (article_id) SELECT article_id FROM public_articles;
