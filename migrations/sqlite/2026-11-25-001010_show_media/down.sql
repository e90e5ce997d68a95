DROP TABLE public_article_media;
DROP TABLE article_media;
