-- What articles got wrong and was put right. What readers get of it stands in the details of public_articles too.
CREATE TABLE corrections (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    correction_type TEXT NOT NULL CONSTRAINT corrections_type_check CHECK (correction_type IN ('correction', 'clarification', 'update')),
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES users (id)
) STRICT;
CREATE INDEX corrections_at_idx ON corrections (at, id);
CREATE INDEX corrections_article_idx ON corrections (article_id, at, id);
CREATE INDEX corrections_type_idx ON corrections (correction_type, at, id);
