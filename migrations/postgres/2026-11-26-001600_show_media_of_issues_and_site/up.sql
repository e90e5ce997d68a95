-- The front page and the printed pages of an issue, and the logo of the site, as media items.
ALTER TABLE issues ADD COLUMN cover_media_id uuid REFERENCES media (id);
ALTER TABLE issues ADD COLUMN pdf_media_id uuid REFERENCES media (id);
CREATE INDEX issues_cover_media_idx ON issues (cover_media_id);
CREATE INDEX issues_pdf_media_idx ON issues (pdf_media_id);

ALTER TABLE site ADD COLUMN logo_media_id uuid REFERENCES media (id);
ALTER TABLE site ADD COLUMN contact_email text;
-- Where else the paper is found.
ALTER TABLE site ADD COLUMN social_links jsonb NOT NULL DEFAULT '[]';
