-- Who is editing an article: advice to others, for saving is guarded by versions. It means nothing without either of the two.
CREATE TABLE article_locks (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX article_locks_user_idx ON article_locks (user_id);
CREATE INDEX article_locks_expires_idx ON article_locks (expires_at);
