//! Addresses under which an unpublished revision can be seen.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::preview_links::dsl;
use diesel::prelude::*;
use masthead_domain::id::{ArticleId, PreviewLinkId, UserId};
use masthead_domain::stored_vocabulary;
use masthead_domain::time::Timestamp;

stored_vocabulary! {
    /// What a preview shows.
    #[derive(Default)]
    PreviewScope {
        /// The article by itself, and what the frontend includes.
        #[default]
        Article = "article",
        /// The whole page that it would stand on.
        Page = "page",
    }
}

/// A preview link.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::preview_links, treat_none_as_default_value = false)]
pub struct PreviewLink {
    pub id: PreviewLinkId,
    pub article_id: ArticleId,
    /// Absent for whatever is the latest.
    pub revision: Option<i32>,
    pub scope: PreviewScope,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl PreviewLink {
    /// Whether it shows anything at a time.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The link of that id.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, id: PreviewLinkId) -> Result<PreviewLink, Error> {
    Ok(on_each!(conn => dsl::preview_links.filter(dsl::id.eq(id)).select(PreviewLink::as_select()).first(conn))?)
}

/// The links of an article that show something, the newest first.
///
/// # Errors
/// Those of the database.
pub fn live(conn: &mut Conn, article_id: ArticleId, now: Timestamp) -> Result<Vec<PreviewLink>, Error> {
    Ok(on_each!(conn => {
        dsl::preview_links
            .filter(dsl::article_id.eq(article_id))
            .filter(dsl::revoked_at.is_null())
            .filter(dsl::expires_at.gt(now))
            .order((dsl::created_at.desc(), dsl::id.desc()))
            .select(PreviewLink::as_select())
            .load(conn)
    })?)
}

/// Adds a link.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, link: &PreviewLink) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::preview_links).values(link).execute(conn))?;
    Ok(())
}

/// Revokes the live links of an article, or the one of that id among them; returns how many.
///
/// # Errors
/// Those of the database.
pub fn revoke(conn: &mut Conn, article_id: ArticleId, id: Option<PreviewLinkId>, now: Timestamp) -> Result<usize, Error> {
    let live = diesel::update(dsl::preview_links)
        .filter(dsl::article_id.eq(article_id))
        .filter(dsl::revoked_at.is_null())
        .filter(dsl::expires_at.gt(now))
        .set(dsl::revoked_at.eq(Some(now)));
    Ok(on_each!(conn => match id {
        Some(id) => live.filter(dsl::id.eq(id)).execute(conn),
        None => live.execute(conn),
    })?)
}

/// Whether there are links that ended before a time.
///
/// # Errors
/// Those of the database.
pub fn any_ended_before(conn: &mut Conn, time: Timestamp) -> Result<bool, Error> {
    Ok(on_each!(conn => diesel::select(diesel::dsl::exists(dsl::preview_links.filter(dsl::expires_at.lt(time)))).get_result(conn))?)
}

/// Deletes the links that ended before a time; returns how many.
///
/// # Errors
/// Those of the database.
pub fn delete_ended_before(conn: &mut Conn, time: Timestamp) -> Result<usize, Error> {
    Ok(on_each!(conn => diesel::delete(dsl::preview_links.filter(dsl::expires_at.lt(time))).execute(conn))?)
}
