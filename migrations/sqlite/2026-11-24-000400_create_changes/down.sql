DROP INDEX meetings_ends_idx;
DROP INDEX public_articles_ending_idx;
DROP INDEX public_articles_due_idx;
ALTER TABLE public_articles DROP COLUMN announced_at;
DROP TABLE change_head;
DROP TABLE changes;
