-- The records that articles refer to, the meetings, and the site's settings.
-- Every version of every one of them is kept in revisions; articles have theirs there too.
CREATE TABLE revisions (
    entity_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT REFERENCES users (id),
    PRIMARY KEY (entity_id, number)
) STRICT;

-- Slugs that were public once, so that old addresses lead on.
CREATE TABLE retired_slugs (
    kind TEXT NOT NULL,
    slug TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    retired_at TEXT NOT NULL,
    PRIMARY KEY (kind, slug)
) STRICT;

CREATE TABLE site (
    id INTEGER PRIMARY KEY CONSTRAINT site_id_check CHECK (id = 1),
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    title TEXT NOT NULL,
    tagline TEXT,
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    article_path TEXT NOT NULL,
    section_path TEXT NOT NULL,
    tag_path TEXT NOT NULL,
    author_path TEXT NOT NULL,
    publication_path TEXT NOT NULL,
    branch_path TEXT NOT NULL,
    meeting_path TEXT NOT NULL,
    teaser_title_length INTEGER NOT NULL,
    excerpt_length INTEGER NOT NULL,
    ellipsis TEXT NOT NULL
) STRICT;

CREATE TABLE authors (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    bio TEXT,
    organisation TEXT,
    url TEXT
) STRICT;
CREATE UNIQUE INDEX authors_slug_key ON authors (slug);
CREATE INDEX authors_name_idx ON authors (name, id);
CREATE INDEX authors_updated_idx ON authors (updated_at, id);

CREATE TABLE sections (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT,
    parent_id TEXT REFERENCES sections (id)
) STRICT;
CREATE UNIQUE INDEX sections_slug_key ON sections (slug);
CREATE INDEX sections_name_idx ON sections (name, id);
CREATE INDEX sections_updated_idx ON sections (updated_at, id);
CREATE INDEX sections_parent_idx ON sections (parent_id, name, id);

CREATE TABLE tags (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT
) STRICT;
CREATE UNIQUE INDEX tags_slug_key ON tags (slug);
CREATE INDEX tags_name_idx ON tags (name, id);
CREATE INDEX tags_updated_idx ON tags (updated_at, id);

CREATE TABLE publications (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT,
    homepage_url TEXT,
    country TEXT,
    language TEXT,
    credit_line_template TEXT,
    default_licence TEXT,
    index_policy TEXT NOT NULL CONSTRAINT publications_index_policy_check CHECK (index_policy IN ('index', 'noindex')),
    canonical_policy TEXT NOT NULL CONSTRAINT publications_canonical_policy_check CHECK (canonical_policy IN ('source', 'self')),
    credit_requires TEXT NOT NULL,
    permission TEXT NOT NULL CONSTRAINT publications_permission_check CHECK (permission IN ('granted', 'refused')),
    permission_from TEXT,
    permission_until TEXT,
    private_notes TEXT,
    private_contact TEXT
) STRICT;
CREATE UNIQUE INDEX publications_slug_key ON publications (slug);
CREATE INDEX publications_name_idx ON publications (name, id);
CREATE INDEX publications_updated_idx ON publications (updated_at, id);
CREATE INDEX publications_country_idx ON publications (country, name, id);

CREATE TABLE branches (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    description TEXT,
    city TEXT,
    timezone TEXT NOT NULL,
    contact_email TEXT,
    url TEXT
) STRICT;
CREATE UNIQUE INDEX branches_slug_key ON branches (slug);
CREATE INDEX branches_name_idx ON branches (name, id);
CREATE INDEX branches_updated_idx ON branches (updated_at, id);

CREATE TABLE venues (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    name TEXT NOT NULL,
    street_address TEXT,
    locality TEXT,
    region TEXT,
    postcode TEXT,
    country TEXT,
    latitude REAL,
    longitude REAL,
    map_url TEXT,
    step_free TEXT NOT NULL,
    accessible_toilet TEXT NOT NULL,
    hearing_loop TEXT NOT NULL,
    access_notes TEXT,
    access_contact TEXT
) STRICT;
CREATE UNIQUE INDEX venues_slug_key ON venues (slug);
CREATE INDEX venues_name_idx ON venues (name, id);
CREATE INDEX venues_updated_idx ON venues (updated_at, id);

CREATE TABLE meetings (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    updated_by TEXT REFERENCES users (id),
    title TEXT NOT NULL,
    summary TEXT,
    description TEXT,
    description_format TEXT NOT NULL,
    description_html TEXT NOT NULL,
    starts_at_local TEXT NOT NULL,
    timezone TEXT NOT NULL,
    ambiguous_time TEXT,
    duration_minutes INTEGER NOT NULL CONSTRAINT meetings_duration_check CHECK (duration_minutes BETWEEN 1 AND 44640),
    -- Worked out from the wall time and the zone when saved, to sort and filter by.
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    attendance TEXT NOT NULL,
    branch_id TEXT REFERENCES branches (id),
    venue_id TEXT REFERENCES venues (id),
    organiser TEXT,
    online_url TEXT,
    registration_url TEXT,
    contact_email TEXT
) STRICT;
CREATE UNIQUE INDEX meetings_slug_key ON meetings (slug);
CREATE INDEX meetings_starts_idx ON meetings (starts_at, id);
CREATE INDEX meetings_branch_idx ON meetings (branch_id, starts_at, id);
CREATE INDEX meetings_venue_idx ON meetings (venue_id);
CREATE INDEX meetings_updated_idx ON meetings (updated_at, id);

CREATE TABLE meeting_tags (
    meeting_id TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    tag_id TEXT NOT NULL REFERENCES tags (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, tag_id)
) STRICT;
CREATE INDEX meeting_tags_tag_idx ON meeting_tags (tag_id, meeting_id);
