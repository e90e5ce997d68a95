-- What articles got wrong and was put right. What readers get of it stands in the details of public_articles too.
CREATE TABLE corrections (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    correction_type text COLLATE "C" NOT NULL CONSTRAINT corrections_type_check CHECK (correction_type IN ('correction', 'clarification', 'update')),
    text text NOT NULL,
    at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL REFERENCES users (id)
);
CREATE INDEX corrections_at_idx ON corrections (at, id);
CREATE INDEX corrections_article_idx ON corrections (article_id, at, id);
CREATE INDEX corrections_type_idx ON corrections (correction_type, at, id);
