-- Who is behind a pen name; for editors only.
ALTER TABLE authors ADD COLUMN real_name text;
