-- The media that articles show, in their latest revision and in public: so that nothing in use can be deleted.
CREATE TABLE article_media (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    media_id uuid NOT NULL REFERENCES media (id),
    role text NOT NULL,
    PRIMARY KEY (article_id, media_id, role)
);
CREATE INDEX article_media_media_idx ON article_media (media_id, article_id);

CREATE TABLE public_article_media (
    article_id uuid NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    media_id uuid NOT NULL REFERENCES media (id),
    role text NOT NULL,
    PRIMARY KEY (article_id, media_id, role)
);
CREATE INDEX public_article_media_media_idx ON public_article_media (media_id, article_id);
