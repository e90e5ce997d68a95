//! Lists: reading the paging parameters, sealing cursors, and the `Link` header (RFC 8288).

use crate::desk::Record;
use crate::error::ApiError;
use crate::request::{Canonical, Query};
use crate::seal::Seal;
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::page::{Listing, Page, Position, Rank, SortKey};
use masthead_store::record::Key;
use masthead_store::{merged_records, retired_slugs};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Rows of a page where nothing is said.
const LIMIT_DEFAULT: usize = 20;
/// The most rows of a page.
const LIMIT_MAX: i64 = 100;

/// The parameters that every list takes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
pub struct PageQuery {
    /// How many items a page has.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// Where the page begins: `page.next` or `page.previous` of another page of the same list.
    #[param(max_length = 2048, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(default = false)]
    total: Option<bool>,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageOut {
    #[schema(minimum = 1, maximum = 100, example = 20)]
    pub limit: usize,
    /// The cursor of the next page; null on the last one.
    #[schema(required = true, example = "eyJrIjoiMjAyNi0xMS0yNlQwNzozMDowMC4wMDBaIn0")]
    pub next: Option<String>,
    /// The cursor of the previous page; null on the first one.
    #[schema(required = true, example = "eyJrIjoiMjAyNi0xMS0yNlQwNzozMDowMC4wMDBaIn1")]
    pub previous: Option<String>,
    /// How many items the whole list has; only with `total=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1234)]
    pub total: Option<i64>,
}

/// What a cursor holds: the place, and the list and the sort order it is of.
#[derive(Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "l")]
    list: String,
    #[serde(rename = "s")]
    sort: String,
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    number: Option<i32>,
    /// The parts of a [`Rank`] in their order.
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    rank: Option<(i64, i64, i64, bool)>,
    #[serde(rename = "i")]
    id: uuid::Uuid,
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    backward: bool,
}

/// A page that was asked for, with what is needed to point to its neighbours.
pub struct PageRequest {
    pub page: Page,
    /// The path of the list.
    list: String,
    sort: String,
}

impl PageRequest {
    /// Reads `limit`, `cursor`, `total` and `sort`. `sorts` are the sort orders offered, the default first; one that
    /// begins with `-` is descending.
    pub fn read<S: Copy>(query: &mut Query, seal: &Seal, sorts: &[(&'static str, S)]) -> (Self, Option<S>) {
        let limit = query.integer("limit", 1..=LIMIT_MAX).map_or(LIMIT_DEFAULT, |limit| usize::try_from(limit).unwrap_or(LIMIT_DEFAULT));
        let total = query.boolean("total");
        let chosen = match query.text("sort") {
            None => sorts.first(),
            Some(text) => {
                let found = sorts.iter().find(|(name, _)| *name == text);
                if found.is_none() {
                    let known: Vec<&str> = sorts.iter().map(|(name, _)| *name).collect();
                    query.fault("sort", FaultCode::NotOneOf, format!("must be one of {}", known.join(", ")));
                }
                found
            }
        };
        let sort = chosen.map_or("", |(name, _)| *name).to_owned();
        query.has_default("limit", &LIMIT_DEFAULT.to_string());
        query.has_default("total", "false");
        query.has_default("sort", sorts.first().map_or("", |(name, _)| name));
        let list = query.path().to_owned();
        let position = query.text("cursor").and_then(|text| {
            let position = open_cursor(seal, &text, &list, &sort);
            if position.is_none() {
                query.fault("cursor", FaultCode::InvalidFormat, "is not a cursor of this list and sort order");
            }
            position
        });
        let page = Page { limit, descending: sort.starts_with('-'), position, total };
        (Self { page, list, sort }, chosen.map(|(_, sort)| *sort))
    }

    /// Where the page stands; `place` gives the sort key and the id of a row.
    #[must_use]
    pub fn out<T>(&self, seal: &Seal, listing: &Listing<T>, place: impl Fn(&T) -> (SortKey, AnyId)) -> PageOut {
        let cursor = |row: Option<&T>, backward| {
            row.map(|row| {
                let (key, id) = place(row);
                self.seal_cursor(seal, &Position { key, id, backward })
            })
        };
        PageOut {
            limit: self.page.limit,
            next: if listing.has_next { cursor(listing.rows.last(), false) } else { None },
            previous: if listing.has_previous { cursor(listing.rows.first(), true) } else { None },
            total: listing.total,
        }
    }

    fn seal_cursor(&self, seal: &Seal, position: &Position) -> String {
        let (list, sort) = (self.list.clone(), self.sort.clone());
        let mut cursor = Cursor { list, sort, text: None, time: None, number: None, rank: None, id: position.id.0, backward: position.backward };
        match &position.key {
            SortKey::Text(text) => cursor.text = Some(text.clone()),
            SortKey::Time(time) => cursor.time = Some(time.milliseconds()),
            SortKey::Number(number) => cursor.number = Some(*number),
            SortKey::Rank(rank) => cursor.rank = Some((rank.oldest, rank.newest, rank.key, rank.is_ranked)),
        }
        seal.seal(&serde_json::to_vec(&cursor).unwrap_or_default())
    }
}

fn open_cursor(seal: &Seal, text: &str, list: &str, sort: &str) -> Option<Position> {
    let cursor: Cursor = serde_json::from_slice(&seal.open(text)?).ok()?;
    if cursor.list != list || cursor.sort != sort {
        return None;
    }
    let key = match (cursor.text, cursor.time, cursor.number, cursor.rank) {
        (Some(text), None, None, None) => SortKey::Text(text),
        (None, Some(milliseconds), None, None) => SortKey::Time(Timestamp::from_milliseconds(milliseconds)),
        (None, None, Some(number), None) => SortKey::Number(number),
        (None, None, None, Some((oldest, newest, key, is_ranked))) => SortKey::Rank(Rank { oldest, newest, key, is_ranked }),
        _ => return None,
    };
    Some(Position { key, id: AnyId(cursor.id), backward: cursor.backward })
}

/// The `Link` header of a page: the same request with the neighbours' cursors, relative to the address asked for.
#[must_use]
pub fn link_header(request: &Canonical, page: &PageOut) -> Option<String> {
    let others = request.query_without("cursor");
    let mark = if others.is_empty() { "" } else { "&" };
    let link = |cursor: &String, relation: &str| format!("<{}?{others}{mark}cursor={cursor}>; rel=\"{relation}\"", request.path());
    let links: Vec<String> = [page.next.as_ref().map(|cursor| link(cursor, "next")), page.previous.as_ref().map(|cursor| link(cursor, "prev"))]
        .into_iter()
        .flatten()
        .collect();
    (!links.is_empty()).then(|| links.join(", "))
}

/// The record that a filter names by its slug or id, by a slug that it gave up, or by the id of one that became part of it: a
/// frontend that has kept an old one must not break.
///
/// # Errors
/// A fault of the parameter where there is none.
pub fn resolve<R: Record>(conn: &mut Conn, name: &str, text: &str) -> Result<AnyId, ApiError> {
    Ok(look_up::<R>(conn, name, text)?.id)
}

/// As [`resolve`], and whether it is still called so.
///
/// # Errors
/// A fault of the parameter where there is none.
pub fn look_up<R: Record>(conn: &mut Conn, name: &str, text: &str) -> Result<Resolved, ApiError> {
    let find = |conn: &mut Conn, key: &Key| Ok(R::find(conn, key)?.meta().id);
    let found = Key::parse(text).ok_or(Error::NotFound).and_then(|key| match find(conn, &key) {
        Ok(id) => Ok(Resolved { id, is_moved: false }),
        Err(Error::NotFound) => {
            let id = moved(conn, R::KIND, &key)?;
            Ok(Resolved { id: find(conn, &Key::Id(id))?, is_moved: true })
        }
        Err(error) => Err(error),
    });
    match found {
        Err(Error::NotFound) => Err(dangling(name, text)),
        found => Ok(found?),
    }
}

/// What a filter names.
#[derive(Debug, Clone, Copy)]
pub struct Resolved {
    pub id: AnyId,
    /// Whether it has another slug by now, or has become part of another.
    pub is_moved: bool,
}

/// What has given up that slug, or what the thing of that id has become part of.
///
/// # Errors
/// [`Error::NotFound`]
pub fn moved(conn: &mut Conn, kind: Kind, key: &Key) -> Result<AnyId, Error> {
    match key {
        Key::Slug(slug) => retired_slugs::find(conn, kind, slug),
        Key::Id(id) => merged_records::find(conn, kind, *id),
    }
}

/// The fault of a filter that names something which does not exist.
fn dangling(name: &str, value: &str) -> ApiError {
    ApiError::query(vec![Fault::parameter(name, FaultCode::Dangling, format!("{value:?} does not exist"))])
}
