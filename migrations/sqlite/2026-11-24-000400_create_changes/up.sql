-- The change sequence: every change that readers may see, in the order of the commits, numbered without gaps. A number is
-- given at the end of a transaction while no other can be given one, so whoever has read up to a number has missed none.
CREATE TABLE changes (
    sequence INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    action TEXT NOT NULL,
    -- Of an article: the public revision; of a record: its version.
    revision INTEGER NOT NULL,
    -- The cache tags that it makes stale, a JSON list.
    tags TEXT NOT NULL,
    changed_at TEXT NOT NULL
) STRICT;

-- One row: the last number given.
CREATE TABLE change_head (
    id INTEGER PRIMARY KEY CONSTRAINT change_head_id_check CHECK (id = 1),
    sequence INTEGER NOT NULL,
    -- The last number given to a change of a record that articles and meetings refer to, or of the settings.
    records_sequence INTEGER NOT NULL
) STRICT;
INSERT INTO change_head (id, sequence, records_sequence) VALUES (1, 0, 0);

-- When the publication was put into the change sequence; absent until the article's time has come and it has been.
ALTER TABLE public_articles ADD COLUMN announced_at TEXT;
UPDATE public_articles SET announced_at = visible_from WHERE visible_from <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
CREATE INDEX public_articles_due_idx ON public_articles (visible_from) WHERE announced_at IS NULL;
CREATE INDEX public_articles_ending_idx ON public_articles (visible_until) WHERE visible_until IS NOT NULL;
CREATE INDEX meetings_ends_idx ON meetings (ends_at);
