ALTER TABLE site DROP COLUMN page_path;
DROP TABLE pages;
