ALTER TABLE users DROP COLUMN branch_ids;
ALTER TABLE users DROP COLUMN section_ids;
