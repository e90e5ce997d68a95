-- Records that have become part of another one, so that their old ids lead there.
CREATE TABLE merged_records (
    entity_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    into_id TEXT NOT NULL,
    merged_at TEXT NOT NULL
) STRICT;
CREATE INDEX merged_records_into_idx ON merged_records (into_id);
