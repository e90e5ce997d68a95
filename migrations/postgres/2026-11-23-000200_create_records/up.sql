-- The records that articles refer to, the meetings, and the site's settings.
-- Every version of every one of them is kept in revisions; articles have theirs there too.
CREATE TABLE revisions (
    entity_id uuid NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    version integer NOT NULL,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid REFERENCES users (id),
    PRIMARY KEY (entity_id, number)
);

-- Slugs that were public once, so that old addresses lead on.
CREATE TABLE retired_slugs (
    kind text COLLATE "C" NOT NULL,
    slug text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    retired_at timestamptz NOT NULL,
    PRIMARY KEY (kind, slug)
);

CREATE TABLE site (
    id integer PRIMARY KEY CONSTRAINT site_id_check CHECK (id = 1),
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    title text NOT NULL,
    tagline text,
    language text NOT NULL,
    timezone text NOT NULL,
    article_path text NOT NULL,
    section_path text NOT NULL,
    tag_path text NOT NULL,
    author_path text NOT NULL,
    publication_path text NOT NULL,
    branch_path text NOT NULL,
    meeting_path text NOT NULL,
    teaser_title_length integer NOT NULL,
    excerpt_length integer NOT NULL,
    ellipsis text NOT NULL
);

CREATE TABLE authors (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    bio text,
    organisation text,
    url text
);
CREATE UNIQUE INDEX authors_slug_key ON authors (slug);
CREATE INDEX authors_name_idx ON authors (name, id);
CREATE INDEX authors_updated_idx ON authors (updated_at, id);

CREATE TABLE sections (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    description text,
    parent_id uuid REFERENCES sections (id)
);
CREATE UNIQUE INDEX sections_slug_key ON sections (slug);
CREATE INDEX sections_name_idx ON sections (name, id);
CREATE INDEX sections_updated_idx ON sections (updated_at, id);
CREATE INDEX sections_parent_idx ON sections (parent_id, name, id);

CREATE TABLE tags (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    description text
);
CREATE UNIQUE INDEX tags_slug_key ON tags (slug);
CREATE INDEX tags_name_idx ON tags (name, id);
CREATE INDEX tags_updated_idx ON tags (updated_at, id);

CREATE TABLE publications (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    description text,
    homepage_url text,
    country text COLLATE "C",
    language text,
    credit_line_template text,
    default_licence text,
    index_policy text NOT NULL CONSTRAINT publications_index_policy_check CHECK (index_policy IN ('index', 'noindex')),
    canonical_policy text NOT NULL CONSTRAINT publications_canonical_policy_check CHECK (canonical_policy IN ('source', 'self')),
    credit_requires jsonb NOT NULL,
    permission text NOT NULL CONSTRAINT publications_permission_check CHECK (permission IN ('granted', 'refused')),
    permission_from timestamptz,
    permission_until timestamptz,
    private_notes text,
    private_contact text
);
CREATE UNIQUE INDEX publications_slug_key ON publications (slug);
CREATE INDEX publications_name_idx ON publications (name, id);
CREATE INDEX publications_updated_idx ON publications (updated_at, id);
CREATE INDEX publications_country_idx ON publications (country, name, id);

CREATE TABLE branches (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    description text,
    city text,
    timezone text NOT NULL,
    contact_email text,
    url text
);
CREATE UNIQUE INDEX branches_slug_key ON branches (slug);
CREATE INDEX branches_name_idx ON branches (name, id);
CREATE INDEX branches_updated_idx ON branches (updated_at, id);

CREATE TABLE venues (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    name text COLLATE "C" NOT NULL,
    street_address text,
    locality text,
    region text,
    postcode text,
    country text,
    latitude double precision,
    longitude double precision,
    map_url text,
    step_free text NOT NULL,
    accessible_toilet text NOT NULL,
    hearing_loop text NOT NULL,
    access_notes text,
    access_contact text
);
CREATE UNIQUE INDEX venues_slug_key ON venues (slug);
CREATE INDEX venues_name_idx ON venues (name, id);
CREATE INDEX venues_updated_idx ON venues (updated_at, id);

CREATE TABLE meetings (
    id uuid PRIMARY KEY,
    slug text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES users (id),
    title text NOT NULL,
    summary text,
    description text,
    description_format text NOT NULL,
    description_html text NOT NULL,
    starts_at_local text NOT NULL,
    timezone text NOT NULL,
    ambiguous_time text,
    duration_minutes integer NOT NULL CONSTRAINT meetings_duration_check CHECK (duration_minutes BETWEEN 1 AND 44640),
    -- Worked out from the wall time and the zone when saved, to sort and filter by.
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status text NOT NULL,
    status_reason text,
    attendance text NOT NULL,
    branch_id uuid REFERENCES branches (id),
    venue_id uuid REFERENCES venues (id),
    organiser text,
    online_url text,
    registration_url text,
    contact_email text
);
CREATE UNIQUE INDEX meetings_slug_key ON meetings (slug);
CREATE INDEX meetings_starts_idx ON meetings (starts_at, id);
CREATE INDEX meetings_branch_idx ON meetings (branch_id, starts_at, id);
CREATE INDEX meetings_venue_idx ON meetings (venue_id);
CREATE INDEX meetings_updated_idx ON meetings (updated_at, id);

CREATE TABLE meeting_tags (
    meeting_id uuid NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    tag_id uuid NOT NULL REFERENCES tags (id),
    position integer NOT NULL,
    PRIMARY KEY (meeting_id, tag_id)
);
CREATE INDEX meeting_tags_tag_idx ON meeting_tags (tag_id, meeting_id);
