DROP INDEX users_updated_idx;
DROP INDEX users_name_idx;
ALTER TABLE users DROP COLUMN last_login_at;
ALTER TABLE users DROP COLUMN updated_by;
ALTER TABLE users DROP COLUMN updated_at;
ALTER TABLE users DROP COLUMN version;
