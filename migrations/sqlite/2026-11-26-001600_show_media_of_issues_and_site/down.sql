ALTER TABLE site DROP COLUMN social_links;
ALTER TABLE site DROP COLUMN contact_email;
ALTER TABLE site DROP COLUMN logo_media_id;
DROP INDEX issues_pdf_media_idx;
DROP INDEX issues_cover_media_idx;
ALTER TABLE issues DROP COLUMN pdf_media_id;
ALTER TABLE issues DROP COLUMN cover_media_id;
