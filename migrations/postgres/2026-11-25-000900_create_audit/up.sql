-- Who did what to which: rows are only ever added, and refer to nothing, so that they outlive what they tell of.
CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    -- Absent where the server itself did it, or somebody who is not known.
    actor_id uuid,
    actor_name text,
    api_key_id uuid,
    action text COLLATE "C" NOT NULL,
    subject text COLLATE "C",
    entity_id uuid,
    label text,
    before jsonb,
    after jsonb,
    request_id text,
    address text
);
CREATE INDEX audit_at_idx ON audit (at, id);
CREATE INDEX audit_actor_idx ON audit (actor_id, at, id);
CREATE INDEX audit_action_idx ON audit (action, at, id);
CREATE INDEX audit_subject_idx ON audit (subject, at, id);
CREATE INDEX audit_entity_idx ON audit (entity_id, at, id);

-- Replies to changes that were sent with an Idempotency-Key, sealed.
CREATE TABLE kept_replies (
    actor_id uuid NOT NULL,
    key_hash text COLLATE "C" NOT NULL,
    request_hash text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    -- Empty until the change is done, which nobody else ever sees.
    reply text NOT NULL,
    PRIMARY KEY (actor_id, key_hash)
);
CREATE INDEX kept_replies_created_idx ON kept_replies (created_at);
