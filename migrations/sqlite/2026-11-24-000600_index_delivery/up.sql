-- The pages of a section in one language, as a paper in two languages asks for them each time: by the index of either
-- alone, a section that has little in that language would be walked to its end.
CREATE INDEX public_articles_section_language_idx ON public_articles (section_id, language, published_at, article_id);
