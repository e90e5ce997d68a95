-- Who did what to which: rows are only ever added, and refer to nothing, so that they outlive what they tell of.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    -- Absent where the server itself did it, or somebody who is not known.
    actor_id TEXT,
    actor_name TEXT,
    api_key_id TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    entity_id TEXT,
    label TEXT,
    before TEXT,
    after TEXT,
    request_id TEXT,
    address TEXT
) STRICT;
CREATE INDEX audit_at_idx ON audit (at, id);
CREATE INDEX audit_actor_idx ON audit (actor_id, at, id);
CREATE INDEX audit_action_idx ON audit (action, at, id);
CREATE INDEX audit_subject_idx ON audit (subject, at, id);
CREATE INDEX audit_entity_idx ON audit (entity_id, at, id);

-- Replies to changes that were sent with an Idempotency-Key, sealed.
CREATE TABLE kept_replies (
    actor_id TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- Empty until the change is done, which nobody else ever sees.
    reply TEXT NOT NULL,
    PRIMARY KEY (actor_id, key_hash)
) STRICT;
CREATE INDEX kept_replies_created_idx ON kept_replies (created_at);
