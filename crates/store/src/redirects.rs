//! Redirects of the website's addresses.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use crate::schema::redirects::dsl;
use diesel::prelude::*;
use masthead_domain::id::{RedirectId, UserId};
use masthead_domain::time::Timestamp;

/// How many paths are looked for by one statement.
const BATCH: usize = 500;

/// A redirect.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::redirects, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Redirect {
    pub id: RedirectId,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    /// The path in its one spelling.
    pub source: String,
    /// Where it leads, in the end; absent where the address is gone.
    pub target: Option<String>,
    /// The path of the target in its one spelling, where it is one of the website.
    pub target_path: Option<String>,
    pub status: i32,
}

/// The redirect of that id.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, id: RedirectId) -> Result<Redirect, Error> {
    Ok(on_each!(conn => dsl::redirects.filter(dsl::id.eq(id)).select(Redirect::as_select()).first(conn))?)
}

/// The redirect from that path.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_by_source(conn: &mut Conn, source: &str) -> Result<Redirect, Error> {
    Ok(on_each!(conn => dsl::redirects.filter(dsl::source.eq(source)).select(Redirect::as_select()).first(conn))?)
}

macro_rules! by_paths {
    ($(#[$doc:meta])* $name:ident, $column:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(conn: &mut Conn, paths: &[&str]) -> Result<Vec<Redirect>, Error> {
            let mut found = Vec::new();
            for some in paths.chunks(BATCH) {
                let rows: Vec<Redirect> =
                    on_each!(conn => dsl::redirects.filter(dsl::$column.eq_any(some.to_vec())).select(Redirect::as_select()).load(conn))?;
                found.extend(rows);
            }
            Ok(found)
        }
    };
}

by_paths! {
    /// The redirects from these paths, in no order.
    by_sources, source
}

by_paths! {
    /// The redirects to these paths, in no order.
    by_target_paths, target_path
}

/// Adds a redirect.
///
/// # Errors
/// [`Error::Taken`] where there is one from its path.
pub fn insert(conn: &mut Conn, row: &Redirect) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::redirects).values(row).execute(conn))?;
    Ok(())
}

/// Writes a redirect over the version `seen`.
///
/// # Errors
/// [`Error::Stale`]
pub fn update(conn: &mut Conn, seen: i32, row: &Redirect) -> Result<(), Error> {
    let count = on_each!(conn => diesel::update(dsl::redirects.filter(dsl::id.eq(row.id)).filter(dsl::version.eq(seen))).set(row).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Deletes the version `seen` of a redirect.
///
/// # Errors
/// [`Error::Stale`]
pub fn delete(conn: &mut Conn, seen: i32, id: RedirectId) -> Result<(), Error> {
    let count = on_each!(conn => diesel::delete(dsl::redirects.filter(dsl::id.eq(id)).filter(dsl::version.eq(seen))).execute(conn))?;
    if count == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// What a list of redirects is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectSort {
    Source,
    UpdatedAt,
}

/// A page of the redirects.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, updated_since: Option<Timestamp>, sort: RedirectSort, page: &Page) -> Result<Listing<Redirect>, Error> {
    macro_rules! narrowed {
        ($start:expr) => {{
            let mut query = $start;
            if let Some(since) = updated_since {
                query = query.filter(dsl::updated_at.ge(since));
            }
            query
        }};
    }
    on_each!(conn => {
        let query = narrowed!(dsl::redirects.select(Redirect::as_select()).into_boxed());
        let rows: Vec<Redirect> = match sort {
            RedirectSort::Source => seek!(query, page, dsl::source, dsl::id, page.after_text()).load(conn)?,
            RedirectSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::redirects.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}
