-- What an editor's rights are limited to: sections with those under them, branches; nothing is everything. No foreign keys:
-- a list that lost its last section with it would say everything.
ALTER TABLE users
    ADD COLUMN section_ids jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN branch_ids jsonb NOT NULL DEFAULT '[]';
