ALTER TABLE authors DROP COLUMN real_name;
