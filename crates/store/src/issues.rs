//! The printed issues of the paper.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::page::{Listing, Page};
use diesel::prelude::*;
use masthead_domain::column::Json;
use masthead_domain::id::{IssueId, MediaId, UserId};
use masthead_domain::issue::{CoverImage, IssueDate};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// An issue.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::issues, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Issue {
    pub id: IssueId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub title: String,
    pub description: Option<String>,
    pub number: Option<i32>,
    pub issued_on: IssueDate,
    pub cover_image: Option<Json<CoverImage>>,
    pub pdf_url: Option<String>,
    /// See [`masthead_domain::issue::place`].
    pub place: String,
    /// The picture of the front page, where it is a media item.
    pub cover_media_id: Option<MediaId>,
    /// The printed pages, where they are one.
    pub pdf_media_id: Option<MediaId>,
}

record_verbs!(issues, Issue, IssueId);

/// What a list of issues is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueSort {
    IssuedOn,
    UpdatedAt,
}

/// A page of the issues.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, updated_since: Option<Timestamp>, sort: IssueSort, page: &Page) -> Result<Listing<Issue>, Error> {
    use crate::schema::issues::dsl;
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
        let query = narrowed!(dsl::issues.select(Issue::as_select()).into_boxed());
        let rows: Vec<Issue> = match sort {
            IssueSort::IssuedOn => seek!(query, page, dsl::place, dsl::id, page.after_text()).load(conn)?,
            IssueSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> = if page.total { Some(narrowed!(dsl::issues.count().into_boxed()).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// The issues before and after one.
///
/// # Errors
/// Those of the database.
pub fn neighbours(conn: &mut Conn, issue: &Issue) -> Result<(Option<Issue>, Option<Issue>), Error> {
    use crate::schema::issues::dsl;
    let (place, id) = (issue.place.clone(), issue.id);
    on_each!(conn => {
        let before = dsl::place.le(place.clone()).and(dsl::place.lt(place.clone()).or(dsl::id.lt(id)));
        let after = dsl::place.ge(place.clone()).and(dsl::place.gt(place).or(dsl::id.gt(id)));
        let previous = dsl::issues.filter(before).order((dsl::place.desc(), dsl::id.desc())).select(Issue::as_select()).first(conn).optional()?;
        let next = dsl::issues.filter(after).order((dsl::place, dsl::id)).select(Issue::as_select()).first(conn).optional()?;
        Ok((previous, next))
    })
}
