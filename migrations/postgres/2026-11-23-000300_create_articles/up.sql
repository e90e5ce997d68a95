-- An article is an identity that points at revisions: the latest is being worked on, one may be public.
CREATE TABLE articles (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    revision integer NOT NULL,
    public_revision integer,
    -- When the public revision begins to be public; in the future while the article is scheduled.
    visible_from timestamptz,
    first_published_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL REFERENCES users (id),
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL REFERENCES users (id),
    deleted_at timestamptz,
    -- Taken from the latest revision, to list and filter by.
    title text NOT NULL,
    language text COLLATE "C" NOT NULL,
    section_id uuid REFERENCES sections (id)
);
CREATE UNIQUE INDEX articles_slug_key ON articles (slug) WHERE deleted_at IS NULL;
CREATE INDEX articles_updated_idx ON articles (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX articles_created_idx ON articles (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX articles_section_idx ON articles (section_id, updated_at, id);
CREATE INDEX articles_creator_idx ON articles (created_by, updated_at, id);

CREATE TABLE article_authors (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id uuid NOT NULL REFERENCES authors (id),
    PRIMARY KEY (article_id, author_id)
);
CREATE INDEX article_authors_author_idx ON article_authors (author_id, article_id);

CREATE TABLE article_tags (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tags (id),
    PRIMARY KEY (article_id, tag_id)
);
CREATE INDEX article_tags_tag_idx ON article_tags (tag_id, article_id);

CREATE TABLE article_publications (
    article_id uuid NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    publication_id uuid NOT NULL REFERENCES publications (id),
    PRIMARY KEY (article_id, publication_id)
);
CREATE INDEX article_publications_publication_idx ON article_publications (publication_id, article_id);

-- What readers may see, and nothing else: no draft is ever written here. A row is visible from its time on.
CREATE TABLE public_articles (
    article_id uuid PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    slug text COLLATE "C" NOT NULL,
    visible_from timestamptz NOT NULL,
    visible_until timestamptz,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    title text NOT NULL,
    standfirst text,
    -- The beginning of the body as plain text, from which excerpts are cut.
    opening text NOT NULL,
    language text COLLATE "C" NOT NULL,
    section_id uuid REFERENCES sections (id),
    word_count integer NOT NULL,
    -- The rest of the revision: bylines, credits, tags, related, lead image, canonical and index policy.
    details jsonb NOT NULL
);
CREATE UNIQUE INDEX public_articles_slug_key ON public_articles (slug);
CREATE INDEX public_articles_published_idx ON public_articles (published_at, article_id);
CREATE INDEX public_articles_updated_idx ON public_articles (updated_at, article_id);
CREATE INDEX public_articles_section_idx ON public_articles (section_id, published_at, article_id);
CREATE INDEX public_articles_language_idx ON public_articles (language, published_at, article_id);

-- Apart from public_articles, so that a list reads no bodies.
CREATE TABLE public_bodies (
    article_id uuid PRIMARY KEY REFERENCES public_articles (article_id) ON DELETE CASCADE,
    html text NOT NULL,
    markdown text NOT NULL,
    plain text NOT NULL
);

CREATE TABLE public_article_authors (
    author_id uuid NOT NULL REFERENCES authors (id),
    published_at timestamptz NOT NULL,
    article_id uuid NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (author_id, published_at, article_id)
);
CREATE INDEX public_article_authors_article_idx ON public_article_authors (article_id);

CREATE TABLE public_article_tags (
    tag_id uuid NOT NULL REFERENCES tags (id),
    published_at timestamptz NOT NULL,
    article_id uuid NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, published_at, article_id)
);
CREATE INDEX public_article_tags_article_idx ON public_article_tags (article_id);

CREATE TABLE public_article_publications (
    publication_id uuid NOT NULL REFERENCES publications (id),
    published_at timestamptz NOT NULL,
    article_id uuid NOT NULL REFERENCES public_articles (article_id) ON DELETE CASCADE,
    PRIMARY KEY (publication_id, published_at, article_id)
);
CREATE INDEX public_article_publications_article_idx ON public_article_publications (article_id);
