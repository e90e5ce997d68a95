//! Corrections of articles. What readers see of them under an article is a copy in its public row, written in the same
//! transaction ([`public_articles::set_corrections`](crate::public_articles::set_corrections)).

use crate::articles::Article;
use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::schema::corrections::dsl;
use crate::schema::{articles, public_articles};
use crate::visibility::is_public;
use diesel::prelude::*;
use masthead_domain::correction::{self, CorrectionType};
use masthead_domain::id::{ArticleId, CorrectionId, UserId};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A correction.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = crate::schema::corrections)]
pub struct Correction {
    pub id: CorrectionId,
    pub version: i32,
    pub article_id: ArticleId,
    pub correction_type: CorrectionType,
    pub text: String,
    pub at: Timestamp,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub updated_at: Timestamp,
    pub updated_by: UserId,
}

/// The correction of that id under that article.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, article_id: ArticleId, id: CorrectionId) -> Result<Correction, Error> {
    Ok(on_each!(conn => dsl::corrections.filter(dsl::id.eq(id)).filter(dsl::article_id.eq(article_id)).select(Correction::as_select()).first(conn))?)
}

/// What readers get of the corrections of an article, the newest first.
///
/// # Errors
/// Those of the database.
pub fn of_article(conn: &mut Conn, article_id: ArticleId) -> Result<Vec<correction::Correction>, Error> {
    let rows: Vec<Correction> = on_each!(conn => {
        dsl::corrections.filter(dsl::article_id.eq(article_id)).order((dsl::at.desc(), dsl::id.desc())).select(Correction::as_select()).load(conn)
    })?;
    Ok(rows.into_iter().map(|row| correction::Correction { id: row.id, correction_type: row.correction_type, text: row.text, at: row.at }).collect())
}

/// Adds a correction.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, row: &Correction) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::corrections).values(row).execute(conn))?;
    Ok(())
}

/// Writes a correction over the version `seen`.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now.
pub fn update(conn: &mut Conn, seen: i32, row: &Correction) -> Result<(), Error> {
    let count = on_each!(conn => {
        diesel::update(dsl::corrections.filter(dsl::id.eq(row.id)).filter(dsl::version.eq(seen))).set(row).execute(conn)
    })?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes the version `seen` of a correction.
///
/// # Errors
/// [`Error::Stale`] where it has another version by now.
pub fn delete(conn: &mut Conn, seen: i32, id: CorrectionId) -> Result<(), Error> {
    let count = on_each!(conn => diesel::delete(dsl::corrections.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// What a list of corrections is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct CorrectionFilter {
    pub correction_type: Option<CorrectionType>,
    pub article_id: Option<ArticleId>,
    /// Of articles that this user began.
    pub article_created_by: Option<UserId>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

macro_rules! narrowed {
    ($start:expr, $filter:expr) => {{
        let mut query = $start;
        if let Some(correction_type) = $filter.correction_type {
            query = query.filter(dsl::correction_type.eq(correction_type));
        }
        if let Some(article_id) = $filter.article_id {
            query = query.filter(dsl::article_id.eq(article_id));
        }
        if let Some(from) = $filter.from {
            query = query.filter(dsl::at.ge(from));
        }
        if let Some(to) = $filter.to {
            query = query.filter(dsl::at.lt(to));
        }
        query
    }};
}

/// A page of the corrections of articles that are not deleted, with the articles, by the time of the correction.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &CorrectionFilter, page: &Page) -> Result<Listing<(Correction, Article)>, Error> {
    macro_rules! of_articles {
        ($start:expr) => {{
            let mut query = narrowed!($start.filter(articles::deleted_at.is_null()), filter);
            if let Some(user_id) = filter.article_created_by {
                query = query.filter(articles::created_by.eq(user_id));
            }
            query
        }};
    }
    on_each!(conn => {
        let joined = dsl::corrections.inner_join(articles::table);
        let query = of_articles!(joined.select((Correction::as_select(), Article::as_select())).into_boxed());
        let rows: Vec<(Correction, Article)> = seek!(query, page, dsl::at, dsl::id, page.after_time()).load(conn)?;
        let total: Option<i64> = if page.total { Some(of_articles!(joined.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// A correction, and the id, slug and title of its article as readers know them.
pub type Public = (Correction, (ArticleId, Slug, String));

/// A page of the corrections of articles that are public, by the time of the correction.
///
/// # Errors
/// Those of the database.
pub fn list_public(conn: &mut Conn, filter: &CorrectionFilter, page: &Page, now: Timestamp) -> Result<Listing<Public>, Error> {
    on_each!(conn => {
        let joined = dsl::corrections.inner_join(public_articles::table.on(public_articles::article_id.eq(dsl::article_id)));
        let shown = (Correction::as_select(), (public_articles::article_id, public_articles::slug, public_articles::title));
        let query = narrowed!(joined.filter(is_public(now)).select(shown).into_boxed(), filter);
        let rows: Vec<Public> = seek!(query, page, dsl::at, dsl::id, page.after_time()).load(conn)?;
        let total: Option<i64> =
            if page.total { Some(narrowed!(joined.filter(is_public(now)).count().into_boxed(), filter).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}
