ALTER TABLE site DROP COLUMN readiness;
ALTER TABLE site DROP COLUMN preview_path;
DROP TABLE preview_links;
