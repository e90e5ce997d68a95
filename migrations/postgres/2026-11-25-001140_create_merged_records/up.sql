-- Records that have become part of another one, so that their old ids lead there.
CREATE TABLE merged_records (
    entity_id uuid PRIMARY KEY,
    kind text NOT NULL,
    into_id uuid NOT NULL,
    merged_at timestamptz NOT NULL
);
CREATE INDEX merged_records_into_idx ON merged_records (into_id);
