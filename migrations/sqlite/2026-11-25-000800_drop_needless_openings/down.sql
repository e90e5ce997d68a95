UPDATE public_articles
SET opening = (SELECT substr(plain, 1, 1000) FROM public_bodies WHERE public_bodies.article_id = public_articles.article_id)
WHERE opening = '';
