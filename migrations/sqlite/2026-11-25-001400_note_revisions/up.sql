-- What the editor says of a change, and which revision it brought back.
ALTER TABLE revisions ADD COLUMN note TEXT;
ALTER TABLE revisions ADD COLUMN restored_from INTEGER;
