-- What the editor says of a change, and which revision it brought back.
ALTER TABLE revisions ADD COLUMN note text;
ALTER TABLE revisions ADD COLUMN restored_from integer;
