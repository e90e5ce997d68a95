//! Media items: what editors say of the files that articles, issues and the site show.

use crate::dialect::Conn;
use crate::error::Error;
use crate::media_files::MediaFile;
use crate::on_each;
use crate::one_of::one_of;
use crate::page::{Listing, Page};
use crate::schema::media::dsl;
use crate::schema::{article_media, articles, issues, media_files, public_article_media, site};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use masthead_domain::article::MediaRole;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::id::{MediaId, UserId};
use masthead_domain::media::{ContentHash, MediaIn, MediaKind, ShownAs, ShownBy};
use masthead_domain::time::Timestamp;

/// A media item.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = crate::schema::media, treat_none_as_default_value = false)]
pub struct Media {
    pub id: MediaId,
    pub version: i32,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub updated_at: Timestamp,
    pub updated_by: UserId,
    pub kind: MediaKind,
    pub name: String,
    pub hash: ContentHash,
    pub content: Json<MediaIn>,
    pub searched: String,
}

/// A media item and its file.
pub type MediaWithFile = (Media, MediaFile);

/// The media item of that id, and its file.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, id: MediaId) -> Result<MediaWithFile, Error> {
    let found = on_each!(conn => {
        dsl::media.inner_join(media_files::table).filter(dsl::id.eq(id)).select((Media::as_select(), MediaFile::as_select())).first(conn)
    })?;
    Ok(found)
}

/// Those of these ids that exist, with their files, in no order.
///
/// # Errors
/// Those of the database.
pub fn by_ids(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<MediaWithFile>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = one_of(dsl::id, ids);
    Ok(on_each!(conn => {
        dsl::media.inner_join(media_files::table).filter(wanted).select((Media::as_select(), MediaFile::as_select())).load(conn)
    })?)
}

/// What the items that show a file say of it.
///
/// # Errors
/// Those of the database.
pub fn contents_of_file(conn: &mut Conn, hash: &ContentHash, limit: i64) -> Result<Vec<Json<MediaIn>>, Error> {
    Ok(on_each!(conn => dsl::media.filter(dsl::hash.eq(hash)).order(dsl::id.desc()).limit(limit).select(dsl::content).load(conn))?)
}

/// Adds an item.
///
/// # Errors
/// [`Error::InUse`] where there is no such file.
pub fn insert(conn: &mut Conn, row: &Media) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::media).values(row).execute(conn))?;
    Ok(())
}

/// Writes an item over the version `seen`.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now.
pub fn update(conn: &mut Conn, seen: i32, row: &Media) -> Result<(), Error> {
    let count = on_each!(conn => diesel::update(dsl::media.filter(dsl::id.eq(row.id)).filter(dsl::version.eq(seen))).set(row).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes the version `seen` of an item; its file goes when nobody has missed it for a while.
///
/// # Errors
/// [`Error::Stale`], or [`Error::InUse`] where something refers to it.
pub fn delete(conn: &mut Conn, seen: i32, id: MediaId) -> Result<(), Error> {
    let count = on_each!(conn => diesel::delete(dsl::media.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// What shows a media item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MediaUse {
    pub by: ShownBy,
    /// Absent for the site, of which there is one.
    pub id: Option<AnyId>,
    pub title: String,
    pub role: ShownAs,
}

/// What shows an item: articles, in their latest revision, in one that waits or in public, issues, and the site; by id, and
/// at most four times `limit`.
///
/// # Errors
/// Those of the database.
pub fn uses(conn: &mut Conn, id: MediaId, limit: i64) -> Result<Vec<MediaUse>, Error> {
    macro_rules! by_articles {
        ($conn:ident, $table:ident) => {
            $table::table
                .inner_join(articles::table)
                .filter($table::media_id.eq(id))
                .order(($table::article_id, $table::role))
                .limit(limit)
                .select(($table::article_id, articles::title, $table::role))
                .load::<(AnyId, String, MediaRole)>($conn)?
        };
    }
    macro_rules! by_issues {
        ($conn:ident, $column:ident) => {
            issues::table
                .filter(issues::$column.eq(Some(id)))
                .order(issues::id)
                .limit(limit)
                .select((issues::id, issues::title))
                .load::<(AnyId, String)>($conn)?
        };
    }
    let mut uses = on_each!(conn => {
        let mut rows = by_articles!(conn, article_media);
        rows.extend(by_articles!(conn, public_article_media));
        let articles = rows.into_iter().map(|(id, title, role)| MediaUse { by: ShownBy::Article, id: Some(id), title, role: role.into() });
        let mut uses: Vec<MediaUse> = articles.collect();
        for (rows, role) in [(by_issues!(conn, cover_media_id), ShownAs::Cover), (by_issues!(conn, pdf_media_id), ShownAs::Pdf)] {
            uses.extend(rows.into_iter().map(|(id, title)| MediaUse { by: ShownBy::Issue, id: Some(id), title, role }));
        }
        let sites: Vec<String> = site::table.filter(site::logo_media_id.eq(Some(id))).select(site::title).load(conn)?;
        uses.extend(sites.into_iter().map(|title| MediaUse { by: ShownBy::Site, id: None, title, role: ShownAs::Logo }));
        Ok::<_, diesel::result::Error>(uses)
    })?;
    uses.sort();
    uses.dedup();
    Ok(uses)
}

/// What a list of media is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct MediaFilter {
    pub kind: Option<MediaKind>,
    pub hash: Option<ContentHash>,
    /// Parts of words that must all stand in its name, alternative text, caption or credit; folded.
    pub words: Vec<String>,
    pub created_by: Option<UserId>,
    pub updated_since: Option<Timestamp>,
    /// Those that nothing shows.
    pub is_unused: bool,
}

/// What a list of media is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaSort {
    CreatedAt,
    UpdatedAt,
    Name,
}

/// A page of the media, with their files.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &MediaFilter, sort: MediaSort, page: &Page) -> Result<Listing<MediaWithFile>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(kind) = filter.kind {
                query = query.filter(dsl::kind.eq(kind));
            }
            if let Some(hash) = &filter.hash {
                query = query.filter(dsl::hash.eq(hash));
            }
            if let Some(user_id) = filter.created_by {
                query = query.filter(dsl::created_by.eq(user_id));
            }
            if let Some(since) = filter.updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            if filter.is_unused {
                query = query
                    .filter(not(exists(article_media::table.filter(article_media::media_id.eq(dsl::id)))))
                    .filter(not(exists(public_article_media::table.filter(public_article_media::media_id.eq(dsl::id)))))
                    .filter(not(exists(issues::table.filter(issues::cover_media_id.eq(dsl::id.nullable())))))
                    .filter(not(exists(issues::table.filter(issues::pdf_media_id.eq(dsl::id.nullable())))))
                    .filter(not(exists(site::table.filter(site::logo_media_id.eq(dsl::id.nullable())))));
            }
            // A folded word has nothing that would mean something to LIKE.
            for word in &filter.words {
                query = query.filter(dsl::searched.like(format!("%{word}%")));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::media.inner_join(media_files::table).select((Media::as_select(), MediaFile::as_select())).into_boxed());
        let rows: Vec<MediaWithFile> = match sort {
            MediaSort::CreatedAt => seek!(query, page, dsl::created_at, dsl::id, page.after_time()).load(conn)?,
            MediaSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
            MediaSort::Name => seek!(query, page, dsl::name, dsl::id, page.after_text()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::media.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}
