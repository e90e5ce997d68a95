ALTER TABLE revisions DROP COLUMN restored_from;
ALTER TABLE revisions DROP COLUMN note;
