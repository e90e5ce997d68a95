-- An article is an identity that points at revisions: the latest is being worked on, one may be public.
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    public_revision INTEGER,
    -- When the public revision begins to be public; in the future while the article is scheduled.
    visible_from TEXT,
    first_published_at TEXT,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by TEXT NOT NULL REFERENCES users (id),
    deleted_at TEXT,
    -- Taken from the latest revision, to list and filter by.
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    section_id TEXT REFERENCES sections (id)
) STRICT;
CREATE UNIQUE INDEX articles_slug_key ON articles (slug) WHERE deleted_at IS NULL;
CREATE INDEX articles_updated_idx ON articles (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX articles_created_idx ON articles (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX articles_section_idx ON articles (section_id, updated_at, id);
CREATE INDEX articles_creator_idx ON articles (created_by, updated_at, id);

CREATE TABLE article_authors (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id TEXT NOT NULL REFERENCES authors (id),
    PRIMARY KEY (article_id, author_id)
) STRICT;
CREATE INDEX article_authors_author_idx ON article_authors (author_id, article_id);

CREATE TABLE article_tags (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tag_id TEXT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (article_id, tag_id)
) STRICT;
CREATE INDEX article_tags_tag_idx ON article_tags (tag_id, article_id);

CREATE TABLE article_publications (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    publication_id TEXT NOT NULL REFERENCES publications (id),
    PRIMARY KEY (article_id, publication_id)
) STRICT;
CREATE INDEX article_publications_publication_idx ON article_publications (publication_id, article_id);

-- What readers may see, and nothing else: no draft is ever written here. A row is visible from its time on.
CREATE TABLE public_articles (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    slug TEXT NOT NULL,
    visible_from TEXT NOT NULL,
    visible_until TEXT,
    published_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    title TEXT NOT NULL,
    standfirst TEXT,
    -- The beginning of the body as plain text, from which excerpts are cut.
    opening TEXT NOT NULL,
    language TEXT NOT NULL,
    section_id TEXT REFERENCES sections (id),
    word_count INTEGER NOT NULL,
    -- The rest of the revision: bylines, credits, tags, related, lead image, canonical and index policy.
    details TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX public_articles_slug_key ON public_articles (slug);
CREATE INDEX public_articles_published_idx ON public_articles (published_at, article_id);
CREATE INDEX public_articles_updated_idx ON public_articles (updated_at, article_id);
CREATE INDEX public_articles_section_idx ON public_articles (section_id, published_at, article_id);
CREATE INDEX public_articles_language_idx ON public_articles (language, published_at, article_id);

-- Apart from public_articles, so that a list reads no bodies.
CREATE TABLE public_bodies (
    article_id TEXT PRIMARY KEY REFERENCES public_articles (article_id) ON DELETE CASCADE,
    html TEXT NOT NULL,
    markdown TEXT NOT NULL,
    plain TEXT NOT NULL
) STRICT;

CREATE TABLE public_article_authors (
    author_id TEXT NOT NULL REFERENCES authors (id),
    published_at TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (author_id, published_at, article_id)
) STRICT;
CREATE INDEX public_article_authors_article_idx ON public_article_authors (article_id);

CREATE TABLE public_article_tags (
    tag_id TEXT NOT NULL REFERENCES tags (id),
    published_at TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, published_at, article_id)
) STRICT;
CREATE INDEX public_article_tags_article_idx ON public_article_tags (article_id);

CREATE TABLE public_article_publications (
    publication_id TEXT NOT NULL REFERENCES publications (id),
    published_at TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (publication_id, published_at, article_id)
) STRICT;
CREATE INDEX public_article_publications_article_idx ON public_article_publications (article_id);
