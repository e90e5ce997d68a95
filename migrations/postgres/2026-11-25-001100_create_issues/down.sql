ALTER TABLE site DROP COLUMN issue_path;
DROP INDEX public_articles_issue_idx;
ALTER TABLE public_articles DROP COLUMN issue_id;
DROP INDEX articles_issue_idx;
ALTER TABLE articles DROP COLUMN issue_id;
DROP TABLE issues;
