-- The index of what is public has marks of time from here on, by which it is asked for the newest hits without the others:
-- all articles are put into it anew, as soon as this step has run.
INSERT INTO search_queue (article_id) SELECT article_id FROM public_articles ON CONFLICT DO NOTHING;

-- What is put in goes to where it belongs at once. Else every search would read through what was put in lately, and the
-- planner would take the index for a slow one.
ALTER INDEX search_index_terms_idx SET (fastupdate = off);
SELECT gin_clean_pending_list('search_index_terms_idx');
