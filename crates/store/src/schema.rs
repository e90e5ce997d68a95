//! The tables, once for both databases. A test compares this file with what the migrations make on each.

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    users (id) {
        id -> Id,
        email -> Word,
        name -> Text,
        role -> Word,
        password_hash -> Text,
        created_at -> Instant,
        disabled_at -> Nullable<Instant>,
        version -> Integer,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        last_login_at -> Nullable<Instant>,
        section_ids -> Document,
        branch_ids -> Document,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    second_factors (user_id) {
        user_id -> Id,
        secret -> Text,
        created_at -> Instant,
        confirmed_at -> Nullable<Instant>,
        last_step -> Nullable<BigInt>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    recovery_codes (code_hash) {
        code_hash -> Text,
        user_id -> Id,
        created_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    api_keys (id) {
        id -> Id,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        scopes -> Document,
        owner_id -> Id,
        hint -> Text,
        secret_hash -> Text,
        previous_hash -> Nullable<Text>,
        previous_until -> Nullable<Instant>,
        expires_at -> Instant,
        last_used_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    one_time_links (token_hash) {
        token_hash -> Text,
        user_id -> Id,
        purpose -> Word,
        created_at -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    sessions (id) {
        id -> Id,
        user_id -> Id,
        created_at -> Instant,
        last_used_at -> Instant,
        expires_at -> Instant,
        ended_at -> Nullable<Instant>,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    refresh_tokens (token_hash) {
        token_hash -> Text,
        session_id -> Id,
        created_at -> Instant,
        spent_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    signing_keys (id) {
        id -> Text,
        private_key -> Text,
        created_at -> Instant,
        retired_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    secrets (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    revisions (entity_id, number) {
        entity_id -> Id,
        number -> Integer,
        kind -> Word,
        version -> Integer,
        document -> Document,
        created_at -> Instant,
        created_by -> Nullable<Id>,
        note -> Nullable<Text>,
        restored_from -> Nullable<Integer>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    retired_slugs (kind, slug) {
        kind -> Word,
        slug -> Word,
        entity_id -> Id,
        retired_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    site (id) {
        id -> Integer,
        version -> Integer,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        title -> Text,
        tagline -> Nullable<Text>,
        language -> Text,
        timezone -> Text,
        article_path -> Text,
        section_path -> Text,
        tag_path -> Text,
        author_path -> Text,
        publication_path -> Text,
        branch_path -> Text,
        meeting_path -> Text,
        teaser_title_length -> Integer,
        excerpt_length -> Integer,
        ellipsis -> Text,
        issue_path -> Text,
        page_path -> Text,
        preview_path -> Text,
        readiness -> Document,
        logo_media_id -> Nullable<Id>,
        contact_email -> Nullable<Text>,
        social_links -> Document,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    authors (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        bio -> Nullable<Text>,
        organisation -> Nullable<Text>,
        url -> Nullable<Text>,
        real_name -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    sections (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        description -> Nullable<Text>,
        parent_id -> Nullable<Id>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    tags (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        description -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    publications (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        description -> Nullable<Text>,
        homepage_url -> Nullable<Text>,
        country -> Nullable<Text>,
        language -> Nullable<Text>,
        credit_line_template -> Nullable<Text>,
        default_licence -> Nullable<Text>,
        index_policy -> Word,
        canonical_policy -> Word,
        credit_requires -> Document,
        permission -> Word,
        permission_from -> Nullable<Instant>,
        permission_until -> Nullable<Instant>,
        private_notes -> Nullable<Text>,
        private_contact -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    branches (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        description -> Nullable<Text>,
        city -> Nullable<Text>,
        timezone -> Text,
        contact_email -> Nullable<Text>,
        url -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    venues (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        street_address -> Nullable<Text>,
        locality -> Nullable<Text>,
        region -> Nullable<Text>,
        postcode -> Nullable<Text>,
        country -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        map_url -> Nullable<Text>,
        step_free -> Word,
        accessible_toilet -> Word,
        hearing_loop -> Word,
        access_notes -> Nullable<Text>,
        access_contact -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    meetings (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        title -> Text,
        summary -> Nullable<Text>,
        description -> Nullable<Text>,
        description_format -> Word,
        description_html -> Text,
        starts_at_local -> Word,
        timezone -> Text,
        ambiguous_time -> Nullable<Word>,
        duration_minutes -> Integer,
        starts_at -> Instant,
        ends_at -> Instant,
        status -> Word,
        status_reason -> Nullable<Text>,
        attendance -> Word,
        branch_id -> Nullable<Id>,
        venue_id -> Nullable<Id>,
        organiser -> Nullable<Text>,
        online_url -> Nullable<Text>,
        registration_url -> Nullable<Text>,
        contact_email -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    meeting_tags (meeting_id, tag_id) {
        meeting_id -> Id,
        tag_id -> Id,
        position -> Integer,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    articles (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        revision -> Integer,
        public_revision -> Nullable<Integer>,
        visible_from -> Nullable<Instant>,
        first_published_at -> Nullable<Instant>,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
        deleted_at -> Nullable<Instant>,
        title -> Text,
        language -> Text,
        section_id -> Nullable<Id>,
        issue_id -> Nullable<Id>,
        visible_until -> Nullable<Instant>,
        submitted_at -> Nullable<Instant>,
        submitted_by -> Nullable<Id>,
        review_comment -> Nullable<Text>,
        approved_by -> Nullable<Id>,
        withdrawn_at -> Nullable<Instant>,
        withdrawal_reason -> Nullable<Text>,
        withdrawal_notice -> Nullable<Text>,
        prepared_revision -> Nullable<Integer>,
        prepared_from -> Nullable<Instant>,
        prepared_slug -> Nullable<Word>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    article_authors (article_id, author_id) {
        article_id -> Id,
        author_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    article_tags (article_id, tag_id) {
        article_id -> Id,
        tag_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    article_publications (article_id, publication_id) {
        article_id -> Id,
        publication_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    public_articles (article_id) {
        article_id -> Id,
        slug -> Word,
        visible_from -> Instant,
        visible_until -> Nullable<Instant>,
        published_at -> Instant,
        updated_at -> Instant,
        title -> Text,
        standfirst -> Nullable<Text>,
        opening -> Text,
        language -> Text,
        section_id -> Nullable<Id>,
        word_count -> Integer,
        details -> Document,
        announced_at -> Nullable<Instant>,
        issue_id -> Nullable<Id>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    corrections (id) {
        id -> Id,
        version -> Integer,
        article_id -> Id,
        correction_type -> Word,
        text -> Text,
        at -> Instant,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    public_bodies (article_id) {
        article_id -> Id,
        html -> Text,
        markdown -> Text,
        plain -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    public_article_authors (author_id, published_at, article_id) {
        author_id -> Id,
        published_at -> Instant,
        article_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    public_article_tags (tag_id, published_at, article_id) {
        tag_id -> Id,
        published_at -> Instant,
        article_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    public_article_publications (publication_id, published_at, article_id) {
        publication_id -> Id,
        published_at -> Instant,
        article_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    changes (sequence) {
        sequence -> BigInt,
        kind -> Word,
        entity_id -> Id,
        action -> Word,
        revision -> Integer,
        tags -> Document,
        changed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    change_head (id) {
        id -> Integer,
        sequence -> BigInt,
        records_sequence -> BigInt,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    search (place) {
        place -> BigInt,
        article_id -> Id,
        gist -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    search_queue (article_id) {
        article_id -> Id,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    audit (id) {
        id -> Id,
        at -> Instant,
        actor_id -> Nullable<Id>,
        actor_name -> Nullable<Text>,
        api_key_id -> Nullable<Id>,
        action -> Text,
        subject -> Nullable<Text>,
        entity_id -> Nullable<Id>,
        label -> Nullable<Text>,
        before -> Nullable<Document>,
        after -> Nullable<Document>,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    kept_replies (actor_id, key_hash) {
        actor_id -> Id,
        key_hash -> Text,
        request_hash -> Text,
        created_at -> Instant,
        reply -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    preview_links (id) {
        id -> Id,
        article_id -> Id,
        revision -> Nullable<Integer>,
        scope -> Word,
        created_at -> Instant,
        created_by -> Id,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    article_locks (article_id) {
        article_id -> Id,
        user_id -> Id,
        since -> Instant,
        expires_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    media_files (hash) {
        hash -> Word,
        storage_key -> Id,
        media_type -> Word,
        bytes -> BigInt,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        frames -> Integer,
        file_name -> Text,
        created_at -> Instant,
        touched_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    swept_files (storage_key) {
        storage_key -> Id,
        swept_at -> Instant,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    media (id) {
        id -> Id,
        version -> Integer,
        created_at -> Instant,
        created_by -> Id,
        updated_at -> Instant,
        updated_by -> Id,
        kind -> Word,
        name -> Text,
        hash -> Word,
        content -> Document,
        searched -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    article_media (article_id, media_id, role) {
        article_id -> Id,
        media_id -> Id,
        role -> Word,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    public_article_media (article_id, media_id, role) {
        article_id -> Id,
        media_id -> Id,
        role -> Word,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    issues (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        title -> Text,
        description -> Nullable<Text>,
        number -> Nullable<Integer>,
        issued_on -> Word,
        cover_image -> Nullable<Document>,
        pdf_url -> Nullable<Text>,
        place -> Text,
        cover_media_id -> Nullable<Id>,
        pdf_media_id -> Nullable<Id>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    pages (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        title -> Text,
        description -> Nullable<Text>,
        state -> Word,
        menu_position -> Nullable<Integer>,
        body_format -> Word,
        body_source -> Nullable<Text>,
        body_html -> Text,
        body_markdown -> Text,
        body_plain -> Text,
        place -> Text,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    collections (id) {
        id -> Id,
        slug -> Word,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        name -> Text,
        description -> Nullable<Text>,
        size -> Integer,
        slots -> Document,
        fill -> Nullable<Document>,
        fill_section_id -> Nullable<Id>,
        fill_tag_id -> Nullable<Id>,
    }
}

diesel::table! {
    use masthead_domain::column::*;
    use diesel::sql_types::*;

    redirects (id) {
        id -> Id,
        version -> Integer,
        created_at -> Instant,
        updated_at -> Instant,
        updated_by -> Nullable<Id>,
        source -> Text,
        target -> Nullable<Text>,
        target_path -> Nullable<Text>,
        status -> Integer,
    }
}

diesel::table! {
    use masthead_domain::column::*;

    merged_records (entity_id) {
        entity_id -> Id,
        kind -> Word,
        into_id -> Id,
        merged_at -> Instant,
    }
}

diesel::joinable!(api_keys -> users (owner_id));
diesel::joinable!(article_locks -> users (user_id));
diesel::joinable!(article_media -> articles (article_id));
diesel::joinable!(corrections -> articles (article_id));
diesel::joinable!(media -> media_files (hash));
diesel::joinable!(one_time_links -> users (user_id));
diesel::joinable!(public_article_authors -> public_articles (article_id));
diesel::joinable!(public_article_media -> articles (article_id));
diesel::joinable!(public_article_publications -> public_articles (article_id));
diesel::joinable!(public_article_tags -> public_articles (article_id));
diesel::joinable!(public_bodies -> public_articles (article_id));
diesel::joinable!(recovery_codes -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(second_factors -> users (user_id));
diesel::joinable!(sessions -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    one_time_links,
    second_factors,
    recovery_codes,
    api_keys,
    sessions,
    refresh_tokens,
    signing_keys,
    secrets,
    revisions,
    retired_slugs,
    site,
    authors,
    sections,
    tags,
    publications,
    branches,
    venues,
    meetings,
    meeting_tags,
    articles,
    article_locks,
    article_authors,
    article_tags,
    article_publications,
    corrections,
    public_articles,
    public_bodies,
    public_article_authors,
    public_article_tags,
    public_article_publications,
    changes,
    change_head,
    search,
    search_queue,
    audit,
    kept_replies,
    preview_links,
    media_files,
    swept_files,
    media,
    article_media,
    public_article_media,
    issues,
    pages,
    collections,
    redirects,
    merged_records,
);
