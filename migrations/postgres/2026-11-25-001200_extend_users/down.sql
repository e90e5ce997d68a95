DROP INDEX users_updated_idx;
DROP INDEX users_name_idx;
ALTER TABLE users
    DROP COLUMN last_login_at,
    DROP COLUMN updated_by,
    DROP COLUMN updated_at,
    DROP COLUMN version,
    ALTER COLUMN name TYPE text;
