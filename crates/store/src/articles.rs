//! Articles as editors see them: identities that point at revisions.

use crate::dialect::{Conn, Link};
use crate::error::Error;
use crate::on_each;
use crate::one_of::one_of;
use crate::page::{Listing, Page};
use crate::record::{Key, distinct};
use crate::schema::articles::dsl;
use crate::schema::{article_authors, article_media, article_publications, article_tags, public_article_authors, public_article_tags, revisions};
use diesel::dsl::{SqlTypeOf, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use masthead_domain::article::{ArticleIn, media_uses};
use masthead_domain::column::AnyId;
use masthead_domain::id::{ArticleId, AuthorId, IssueId, PublicationId, SectionId, TagId, UserId};
use masthead_domain::kind::Kind;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::workflow::{ArticleState, Standing};

/// An article.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = crate::schema::articles, treat_none_as_default_value = false)]
pub struct Article {
    pub id: ArticleId,
    pub slug: Slug,
    /// Rises by one with each real change: the entity tag of the editing side.
    pub version: i32,
    /// The number of the revision that is being worked on.
    pub revision: i32,
    /// The number of the revision that is public, or will be from `visible_from` on.
    pub public_revision: Option<i32>,
    pub visible_from: Option<Timestamp>,
    /// Kept for ever.
    pub first_published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub updated_at: Timestamp,
    pub updated_by: UserId,
    pub deleted_at: Option<Timestamp>,
    pub title: String,
    pub language: String,
    pub section_id: Option<SectionId>,
    pub issue_id: Option<IssueId>,
    /// When the public revision ceases to be public.
    pub visible_until: Option<Timestamp>,
    /// While it is in review: since when and by whom.
    pub submitted_at: Option<Timestamp>,
    pub submitted_by: Option<UserId>,
    /// What was said when it was submitted or returned last.
    pub review_comment: Option<String>,
    /// Who let the public revision become so.
    pub approved_by: Option<UserId>,
    pub withdrawn_at: Option<Timestamp>,
    pub withdrawal_reason: Option<String>,
    /// What readers are told.
    pub withdrawal_notice: Option<String>,
    /// The revision that takes the place of the public one, when, and under which slug.
    pub prepared_revision: Option<i32>,
    pub prepared_from: Option<Timestamp>,
    pub prepared_slug: Option<Slug>,
}

impl Article {
    /// A draft of one revision, just begun.
    #[must_use]
    pub fn begin(slug: Slug, title: String, language: String, section_id: Option<SectionId>, created_by: UserId, now: Timestamp) -> Self {
        Self {
            id: ArticleId::new(),
            slug,
            version: 1,
            revision: 1,
            public_revision: None,
            visible_from: None,
            first_published_at: None,
            created_at: now,
            created_by,
            updated_at: now,
            updated_by: created_by,
            deleted_at: None,
            title,
            language,
            section_id,
            issue_id: None,
            visible_until: None,
            submitted_at: None,
            submitted_by: None,
            review_comment: None,
            approved_by: None,
            withdrawn_at: None,
            withdrawal_reason: None,
            withdrawal_notice: None,
            prepared_revision: None,
            prepared_from: None,
            prepared_slug: None,
        }
    }

    /// The state at a time: a scheduled article becomes a published one, and that a draft again, by the clock alone.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> ArticleState {
        if self.withdrawn_at.is_some() {
            return ArticleState::Withdrawn;
        }
        match (self.public_revision, self.visible_from) {
            (Some(_), Some(from)) if from > now => ArticleState::Scheduled,
            (Some(_), _) if self.visible_until.is_none_or(|until| until > now) => ArticleState::Published,
            _ if self.submitted_at.is_some() => ArticleState::InReview,
            _ => ArticleState::Draft,
        }
    }

    /// Where it stands at a time.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        Standing { state: self.state(now), has_prepared: self.prepared_revision.is_some() }
    }

    /// The number of the revision that waits for its time while another one is worked on.
    #[must_use]
    pub fn waiting_revision(&self) -> Option<i32> {
        self.prepared_revision.filter(|number| *number != self.revision)
    }

    /// The same without anything in public, or on the way there.
    #[must_use]
    pub fn out_of_public(self) -> Self {
        Self {
            public_revision: None,
            visible_from: None,
            visible_until: None,
            prepared_revision: None,
            prepared_from: None,
            prepared_slug: None,
            ..self
        }
    }

    /// Whether the latest revision is not the public one.
    #[must_use]
    pub fn has_unpublished_changes(&self) -> bool {
        self.public_revision.is_some_and(|public| public != self.revision)
    }
}

/// The article of that id or slug, unless it is deleted.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, key: &Key) -> Result<Article, Error> {
    let article = match key {
        Key::Id(id) => {
            let id = ArticleId(id.0);
            on_each!(conn => dsl::articles.filter(dsl::id.eq(id)).filter(dsl::deleted_at.is_null()).select(Article::as_select()).first(conn))
        }
        Key::Slug(slug) => {
            on_each!(conn => dsl::articles.filter(dsl::slug.eq(slug)).filter(dsl::deleted_at.is_null()).select(Article::as_select()).first(conn))
        }
    };
    Ok(article?)
}

/// The article of that id or slug, which nobody else changes until the end of the transaction: whoever wants to waits, and then finds
/// it as it has become. SQLite has one writer anyway.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_for_change(conn: &mut Conn, key: &Key) -> Result<Article, Error> {
    let Link::Postgres(postgres) = conn.link() else { return find(conn, key) };
    let standing = dsl::articles.filter(dsl::deleted_at.is_null()).select(Article::as_select()).for_no_key_update();
    let article = match key {
        Key::Id(id) => standing.filter(dsl::id.eq(ArticleId(id.0))).first(&mut postgres.connection),
        Key::Slug(slug) => standing.filter(dsl::slug.eq(slug)).first(&mut postgres.connection),
    };
    Ok(article?)
}

/// The articles of these ids, in no order.
///
/// # Errors
/// Those of the database.
pub fn by_ids(conn: &mut Conn, ids: &[ArticleId]) -> Result<Vec<Article>, Error> {
    let wanted = one_of(dsl::id, ids);
    Ok(on_each!(conn => dsl::articles.filter(wanted).select(Article::as_select()).load(conn))?)
}

macro_rules! referring {
    ($(#[$doc:meta])* $name:ident, $id:ty, $working:ident, $public:ident, $column:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(conn: &mut Conn, id: $id) -> Result<Vec<ArticleId>, Error> {
            let (working, public): (Vec<ArticleId>, Vec<ArticleId>) = on_each!(conn => (
                $working::table.filter($working::$column.eq(id)).select($working::article_id).load(conn)?,
                $public::table.filter($public::$column.eq(id)).select($public::article_id).load(conn)?,
            ));
            Ok(distinct(working.into_iter().chain(public)))
        }
    };
}

referring! {
    /// The articles that have that tag, in what is worked on or in public.
    with_tag, TagId, article_tags, public_article_tags, tag_id
}

referring! {
    /// The articles that name that author in the byline, in what is worked on or in public.
    with_author, AuthorId, article_authors, public_article_authors, author_id
}

/// Gives each of these articles one more revision, which must be there. What is public or prepared of it moves along where that
/// is what is worked on.
///
/// # Errors
/// Those of the database.
pub fn advance(conn: &mut Conn, ids: &[ArticleId], by: UserId, now: Timestamp) -> Result<(), Error> {
    on_each!(conn => {
        let public = dsl::articles.filter(one_of(dsl::id, ids)).filter(dsl::public_revision.eq(dsl::revision.nullable()));
        diesel::update(public).set(dsl::public_revision.eq((dsl::revision + 1).nullable())).execute(conn)?;
        let prepared = dsl::articles.filter(one_of(dsl::id, ids)).filter(dsl::prepared_revision.eq(dsl::revision.nullable()));
        diesel::update(prepared).set(dsl::prepared_revision.eq((dsl::revision + 1).nullable())).execute(conn)?;
        diesel::update(dsl::articles.filter(one_of(dsl::id, ids)))
            .set((dsl::version.eq(dsl::version + 1), dsl::revision.eq(dsl::revision + 1), dsl::updated_at.eq(now), dsl::updated_by.eq(by)))
            .execute(conn)
    })?;
    Ok(())
}

macro_rules! replacing {
    ($(#[$doc:meta])* $name:ident, $id:ty, $column:ident: $($table:ident),*) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(conn: &mut Conn, old: $id, new: $id) -> Result<(), Error> {
            on_each!(conn => {
                $(
                    let first: Vec<ArticleId> = $table::table.filter($table::$column.eq(old)).select($table::article_id).load(conn)?;
                    let among = one_of($table::article_id, &first);
                    let both: Vec<ArticleId> = $table::table.filter($table::$column.eq(new)).filter(among).select($table::article_id).load(conn)?;
                    let twice = one_of($table::article_id, &both);
                    diesel::delete($table::table.filter($table::$column.eq(old)).filter(twice)).execute(conn)?;
                    diesel::update($table::table.filter($table::$column.eq(old))).set($table::$column.eq(new)).execute(conn)?;
                )*
                Ok::<(), diesel::result::Error>(())
            })?;
            Ok(())
        }
    };
}

replacing! {
    /// Lets all that is found by one tag be found by another.
    replace_tag, TagId, tag_id: article_tags, public_article_tags
}

replacing! {
    /// Lets all that is found by one author be found by another.
    replace_author, AuthorId, author_id: article_authors, public_article_authors
}

/// Those of these articles that exist and are not deleted, and who began each, in no order.
///
/// # Errors
/// Those of the database.
pub fn creators(conn: &mut Conn, ids: &[ArticleId]) -> Result<Vec<(ArticleId, UserId)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ids.to_vec();
    Ok(on_each!(conn => dsl::articles.filter(dsl::id.eq_any(ids)).filter(dsl::deleted_at.is_null()).select((dsl::id, dsl::created_by)).load(conn))?)
}

/// Whether another article than `own` has that slug, in its latest revision, in public, or in a prepared revision.
///
/// # Errors
/// Those of the database.
pub fn slug_is_taken(conn: &mut Conn, slug: &Slug, own: Option<ArticleId>) -> Result<bool, Error> {
    use crate::schema::public_articles;
    let working: Option<ArticleId> =
        on_each!(conn => dsl::articles.filter(dsl::slug.eq(slug)).filter(dsl::deleted_at.is_null()).select(dsl::id).first(conn)).optional()?;
    let public: Option<ArticleId> = on_each!(conn => {
        public_articles::table.filter(public_articles::slug.eq(slug)).select(public_articles::article_id).first(conn)
    })
    .optional()?;
    let prepared: Option<ArticleId> =
        on_each!(conn => dsl::articles.filter(dsl::prepared_slug.eq(Some(slug))).select(dsl::id).first(conn)).optional()?;
    Ok([working, public, prepared].into_iter().flatten().any(|id| Some(id) != own))
}

/// What readers are told of an article that was withdrawn, by its id.
///
/// # Errors
/// [`Error::NotFound`] where it is not withdrawn.
pub fn withdrawal(conn: &mut Conn, id: ArticleId) -> Result<Option<String>, Error> {
    Ok(on_each!(conn => {
        dsl::articles
            .filter(dsl::id.eq(id))
            .filter(dsl::withdrawn_at.is_not_null())
            .filter(dsl::deleted_at.is_null())
            .select(dsl::withdrawal_notice)
            .first(conn)
    })?)
}

/// When the next prepared revision takes its place, which may have been before now.
///
/// # Errors
/// Those of the database.
pub fn next_prepared(conn: &mut Conn) -> Result<Option<Timestamp>, Error> {
    Ok(on_each!(conn => {
        dsl::articles
            .filter(dsl::prepared_from.is_not_null())
            .order(dsl::prepared_from)
            .select(dsl::prepared_from.assume_not_null())
            .first(conn)
            .optional()
    })?)
}

/// The articles whose prepared revision is due, at most `limit`, the first due first.
///
/// # Errors
/// Those of the database.
pub fn with_prepared_due(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Article>, Error> {
    Ok(on_each!(conn => {
        dsl::articles.filter(dsl::prepared_from.le(Some(now))).order(dsl::prepared_from).limit(limit).select(Article::as_select()).load(conn)
    })?)
}

/// Puts the prepared revision of an article in the place of the public one, unless somebody was faster; returns whether it was
/// done. The version stays, so that nobody who is at work on it is disturbed.
///
/// # Errors
/// Those of the database.
pub fn take_prepared(conn: &mut Conn, article: &Article) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(
            dsl::articles
                .filter(dsl::id.eq(article.id))
                .filter(dsl::prepared_revision.eq(article.prepared_revision))
                .filter(dsl::prepared_from.eq(article.prepared_from)),
        )
        .set((
            dsl::public_revision.eq(article.prepared_revision),
            dsl::prepared_revision.eq(None::<i32>),
            dsl::prepared_from.eq(None::<Timestamp>),
            dsl::prepared_slug.eq(None::<Slug>),
        ))
        .execute(conn)
    })?;
    Ok(count == 1)
}

/// The articles that are public no longer, at most `limit`, and are not taken back yet.
///
/// # Errors
/// Those of the database.
pub fn over(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Article>, Error> {
    Ok(on_each!(conn => {
        dsl::articles.filter(dsl::visible_until.le(Some(now))).order(dsl::visible_until).limit(limit).select(Article::as_select()).load(conn)
    })?)
}

/// Takes an article back whose time is over, unless somebody was faster; returns whether it was done. The version stays.
///
/// # Errors
/// Those of the database.
pub fn end(conn: &mut Conn, article: &Article) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(dsl::articles.filter(dsl::id.eq(article.id)).filter(dsl::visible_until.eq(article.visible_until)))
            .set((
                dsl::public_revision.eq(None::<i32>),
                dsl::visible_from.eq(None::<Timestamp>),
                dsl::visible_until.eq(None::<Timestamp>),
                dsl::first_published_at.eq(article.first_published_at.or(article.visible_from)),
                dsl::prepared_revision.eq(None::<i32>),
                dsl::prepared_from.eq(None::<Timestamp>),
                dsl::prepared_slug.eq(None::<Slug>),
            ))
            .execute(conn)
    })?;
    Ok(count == 1)
}

/// Keeps others from writing these articles until the end of the transaction, one after another in the order of their ids, so that
/// nobody waits in a circle. SQLite has one writer anyway.
///
/// # Errors
/// Those of the database.
pub fn lock_all(conn: &mut Conn, ids: &[ArticleId]) -> Result<(), Error> {
    if let Link::Postgres(postgres) = conn.link() {
        let locked = dsl::articles.filter(dsl::id.eq_any(ids)).order(dsl::id).select(dsl::id).for_no_key_update();
        locked.load::<ArticleId>(&mut postgres.connection)?;
    }
    Ok(())
}

/// Adds an article.
///
/// # Errors
/// [`Error::Taken`] where its slug is; the transaction can go on.
pub fn insert(conn: &mut Conn, article: &Article) -> Result<(), Error> {
    // No column is named, as the unique index has only what is not deleted.
    let count = on_each!(conn => diesel::insert_into(dsl::articles).values(article).on_conflict_do_nothing().execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Taken { index: "articles_slug_key".to_owned() }) }
}

/// Writes an article over the version `seen`.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now.
pub fn update(conn: &mut Conn, seen: i32, article: &Article) -> Result<(), Error> {
    let count = on_each!(conn => Overwrite { article, seen }.execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// `UPDATE articles`, as a statement that is prepared once. Diesel's own is prepared anew each time, which with the keys and indexes of
/// this table costs more than running it.
struct Overwrite<'a> {
    article: &'a Article,
    /// The version that is written over.
    seen: i32,
}

impl QueryId for Overwrite<'_> {
    type QueryId = Overwrite<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for Overwrite<'_> {}

macro_rules! overwrite {
    ($database:ty, $first:ident, $($column:ident),*) => {
        impl QueryFragment<$database> for Overwrite<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $database>) -> QueryResult<()> {
                // All of them, or this is not compiled.
                let Article { id, $first, $($column),* } = self.article;
                out.push_sql(concat!("UPDATE articles SET ", stringify!($first), " = "));
                out.push_bind_param::<SqlTypeOf<dsl::$first>, _>($first)?;
                $(
                    out.push_sql(concat!(", ", stringify!($column), " = "));
                    out.push_bind_param::<SqlTypeOf<dsl::$column>, _>($column)?;
                )*
                out.push_sql(" WHERE id = ");
                out.push_bind_param::<SqlTypeOf<dsl::id>, _>(id)?;
                out.push_sql(" AND version = ");
                out.push_bind_param::<SqlTypeOf<dsl::version>, _>(&self.seen)
            }
        }
    };
    ($($database:ty),*) => {
        $(overwrite!(
            $database, slug, version, revision, public_revision, visible_from, first_published_at, created_at, created_by, updated_at, updated_by,
            deleted_at, title, language, section_id, issue_id, visible_until, submitted_at, submitted_by, review_comment, approved_by,
            withdrawn_at, withdrawal_reason, withdrawal_notice, prepared_revision, prepared_from, prepared_slug
        );)*
    };
}

overwrite!(Sqlite, Pg);

/// Replaces what an article refers to by what these contents of it do, of which there is one at least: for the editors' filters, and
/// so that nothing in use can be deleted.
///
/// # Errors
/// [`Error::InUse`] where something referred to does not exist.
pub fn set_references(conn: &mut Conn, id: ArticleId, contents: &[&ArticleIn]) -> Result<(), Error> {
    let author_ids = distinct(contents.iter().flat_map(|content| content.bylines.iter().map(|byline| byline.author_id)));
    let publication_ids = distinct(contents.iter().flat_map(|content| content.credits.iter().map(|credit| credit.publication_id)));
    let tag_ids = distinct(contents.iter().flat_map(|content| content.tag_ids.iter().copied()));
    let media: Vec<_> = distinct(contents.iter().flat_map(|content| media_uses(content.lead_image.as_ref(), &content.media)))
        .into_iter()
        .map(|(media_id, role)| (article_media::article_id.eq(id), article_media::media_id.eq(media_id), article_media::role.eq(role)))
        .collect();
    macro_rules! replace {
        ($conn:ident, $table:ident, $column:ident, $ids:expr) => {{
            let rows: Vec<_> = $ids.iter().map(|other| ($table::article_id.eq(id), $table::$column.eq(*other))).collect();
            diesel::delete($table::table.filter($table::article_id.eq(id))).execute($conn)?;
            if !rows.is_empty() {
                diesel::insert_into($table::table).values(rows).execute($conn)?;
            }
        }};
    }
    on_each!(conn => {
        replace!(conn, article_authors, author_id, author_ids);
        replace!(conn, article_tags, tag_id, tag_ids);
        replace!(conn, article_publications, publication_id, publication_ids);
        diesel::delete(article_media::table.filter(article_media::article_id.eq(id))).execute(conn)?;
        if !media.is_empty() {
            diesel::insert_into(article_media::table).values(&media).execute(conn)?;
        }
        Ok::<(), diesel::result::Error>(())
    })?;
    Ok(())
}

/// Whether a revision that waits for its time is of that section or issue. There are no columns for that; whatever else it refers
/// to is kept by [`set_references`].
///
/// # Errors
/// Those of the database.
pub fn is_awaited(conn: &mut Conn, kind: Kind, id: AnyId) -> Result<bool, Error> {
    let member = match kind {
        Kind::Section => "revisions.document ->> 'section_id' = ",
        Kind::Issue => "revisions.document ->> 'issue_id' = ",
        _ => return Ok(false),
    };
    let belongs = revisions::entity_id.eq(dsl::id).and(revisions::number.nullable().eq(dsl::prepared_revision));
    let found: Option<ArticleId> = on_each!(conn => {
        dsl::articles
            .inner_join(revisions::table.on(belongs))
            .filter(dsl::prepared_from.is_not_null())
            .filter(sql::<Bool>(member).bind::<Text, _>(id.0.to_string()))
            .select(dsl::id)
            .first(conn)
            .optional()
    })?;
    Ok(found.is_some())
}

/// Lets go of everything a deleted article refers to.
///
/// # Errors
/// Those of the database.
pub fn clear_references(conn: &mut Conn, id: ArticleId) -> Result<(), Error> {
    on_each!(conn => {
        diesel::delete(article_media::table.filter(article_media::article_id.eq(id))).execute(conn)?;
        diesel::delete(article_authors::table.filter(article_authors::article_id.eq(id))).execute(conn)?;
        diesel::delete(article_tags::table.filter(article_tags::article_id.eq(id))).execute(conn)?;
        diesel::delete(article_publications::table.filter(article_publications::article_id.eq(id))).execute(conn)
    })?;
    Ok(())
}

/// What an editor's list of articles is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    pub state: Option<ArticleState>,
    pub created_by: Option<UserId>,
    pub section_id: Option<SectionId>,
    /// Articles with any of these tags.
    pub tag_ids: Option<Vec<TagId>>,
    pub author_id: Option<AuthorId>,
    pub publication_id: Option<PublicationId>,
    pub issue_id: Option<IssueId>,
    pub language: Option<String>,
    pub updated_since: Option<Timestamp>,
}

/// What an editor's list of articles is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskSort {
    UpdatedAt,
    CreatedAt,
}

/// A page of the articles, whatever their state.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &DeskFilter, sort: DeskSort, page: &Page, now: Timestamp) -> Result<Listing<Article>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start.filter(dsl::deleted_at.is_null());
            query = match filter.state {
                None => query,
                Some(ArticleState::Draft) => {
                    let is_over = dsl::visible_until.is_not_null().and(dsl::visible_until.le(Some(now)).assume_not_null());
                    query.filter(dsl::public_revision.is_null().or(is_over)).filter(dsl::withdrawn_at.is_null()).filter(dsl::submitted_at.is_null())
                }
                Some(ArticleState::InReview) => query.filter(dsl::submitted_at.is_not_null()),
                Some(ArticleState::Withdrawn) => query.filter(dsl::withdrawn_at.is_not_null()),
                Some(ArticleState::Scheduled) => query.filter(dsl::public_revision.is_not_null()).filter(dsl::visible_from.gt(Some(now))),
                Some(ArticleState::Published) => {
                    let is_not_over = dsl::visible_until.is_null().or(dsl::visible_until.gt(Some(now)).assume_not_null());
                    query.filter(dsl::public_revision.is_not_null()).filter(dsl::visible_from.le(Some(now))).filter(is_not_over)
                }
            };
            if let Some(user_id) = filter.created_by {
                query = query.filter(dsl::created_by.eq(user_id));
            }
            if let Some(section_id) = filter.section_id {
                query = query.filter(dsl::section_id.eq(Some(section_id)));
            }
            if let Some(issue_id) = filter.issue_id {
                query = query.filter(dsl::issue_id.eq(Some(issue_id)));
            }
            if let Some(language) = &filter.language {
                query = query.filter(dsl::language.eq(language));
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            if let Some(tag_ids) = &filter.tag_ids {
                let tagged = article_tags::table.filter(article_tags::tag_id.eq_any(tag_ids.clone())).select(article_tags::article_id);
                query = query.filter(dsl::id.eq_any(tagged));
            }
            if let Some(author_id) = filter.author_id {
                let written = article_authors::table.filter(article_authors::author_id.eq(author_id)).select(article_authors::article_id);
                query = query.filter(dsl::id.eq_any(written));
            }
            if let Some(publication_id) = filter.publication_id {
                let credited = article_publications::table
                    .filter(article_publications::publication_id.eq(publication_id))
                    .select(article_publications::article_id);
                query = query.filter(dsl::id.eq_any(credited));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::articles.select(Article::as_select()).into_boxed());
        let rows: Vec<Article> = match sort {
            DeskSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
            DeskSort::CreatedAt => seek!(query, page, dsl::created_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> =
            if page.total { Some(narrowed!(dsl::articles.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}
