//! Meetings.

use crate::dialect::Conn;
use crate::error::Error;
use crate::narrowing::PlannedAnew;
use crate::on_each;
use crate::one_of::one_of;
use crate::page::{Listing, Page};
use crate::schema::{meeting_tags, meetings};
use diesel::prelude::*;
use masthead_domain::body::BodyFormat;
use masthead_domain::id::{BranchId, MeetingId, TagId, UserId, VenueId};
use masthead_domain::meeting::{AmbiguousTime, Attendance, LocalTime, MeetingStatus};
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;

/// A meeting.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = crate::schema::meetings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct Meeting {
    pub id: MeetingId,
    pub slug: Slug,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Option<UserId>,
    pub title: String,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub description_format: BodyFormat,
    pub description_html: String,
    pub starts_at_local: LocalTime,
    pub timezone: String,
    pub ambiguous_time: Option<AmbiguousTime>,
    pub duration_minutes: i32,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub status: MeetingStatus,
    pub status_reason: Option<String>,
    pub attendance: Attendance,
    pub branch_id: Option<BranchId>,
    pub venue_id: Option<VenueId>,
    pub organiser: Option<String>,
    pub online_url: Option<String>,
    pub registration_url: Option<String>,
    pub contact_email: Option<String>,
}

record_verbs!(meetings, Meeting, MeetingId);

/// What a list of meetings is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct MeetingFilter {
    /// Meetings that end after this.
    pub from: Option<Timestamp>,
    /// Meetings that start before this.
    pub to: Option<Timestamp>,
    pub branch_id: Option<BranchId>,
    /// Meetings with any of these tags; none for all meetings.
    pub tag_ids: Option<Vec<TagId>>,
    pub updated_since: Option<Timestamp>,
}

/// What a list of meetings is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeetingSort {
    StartsAt,
    UpdatedAt,
}

/// The longest a meeting lasts (31 days, a constraint of the table); it bounds how far back a window must look.
pub const DURATION_MINUTES_MAX: i64 = 44_640;

/// Narrows a query down to what a filter names.
macro_rules! narrowed {
    ($start:expr, $filter:expr) => {{
        use meetings::dsl;
        let mut query = $start;
        if let Some(from) = $filter.from {
            // The bound on the start lets the index be entered near the window.
            let earliest = from.plus_milliseconds(-DURATION_MINUTES_MAX * 60_000);
            query = query.filter(dsl::ends_at.gt(from)).filter(dsl::starts_at.gt(earliest));
        }
        if let Some(to) = $filter.to {
            query = query.filter(dsl::starts_at.lt(to));
        }
        if let Some(branch_id) = $filter.branch_id {
            query = query.filter(dsl::branch_id.eq(Some(branch_id)));
        }
        if let Some(since) = $filter.updated_since {
            query = query.filter(dsl::updated_at.ge(since));
        }
        if let Some(tag_ids) = &$filter.tag_ids {
            let tagged = meeting_tags::table.filter(meeting_tags::tag_id.eq_any(tag_ids.clone())).select(meeting_tags::meeting_id);
            // Which to read first, the tag's or the branch's, depends on which has fewer.
            query = query.filter(dsl::id.eq_any(tagged)).filter(PlannedAnew);
        }
        query
    }};
}

/// A page of the meetings that overlap a window.
///
/// # Errors
/// Those of the database.
pub fn list(conn: &mut Conn, filter: &MeetingFilter, sort: MeetingSort, page: &Page) -> Result<Listing<Meeting>, Error> {
    use meetings::dsl;
    if filter.tag_ids.is_some() {
        conn.plan_anew();
    }
    on_each!(conn => {
        let query = narrowed!(dsl::meetings.select(Meeting::as_select()).into_boxed(), filter);
        let rows: Vec<Meeting> = match sort {
            MeetingSort::StartsAt => seek!(query, page, dsl::starts_at, dsl::id, page.after_time()).load(conn)?,
            MeetingSort::UpdatedAt => seek!(query, page, dsl::updated_at, dsl::id, page.after_time()).load(conn)?,
        };
        let total: Option<i64> =
            if page.total { Some(narrowed!(dsl::meetings.count().into_boxed(), filter).get_result(conn)?) } else { None };
        Ok(page.listing(rows, total))
    })
}

/// The first of the meetings that overlap a window, by their start.
///
/// # Errors
/// Those of the database.
pub fn first_in_window(conn: &mut Conn, filter: &MeetingFilter, limit: i64) -> Result<Vec<Meeting>, Error> {
    use meetings::dsl;
    if filter.tag_ids.is_some() {
        conn.plan_anew();
    }
    Ok(on_each!(conn => {
        let query = narrowed!(dsl::meetings.select(Meeting::as_select()).into_boxed(), filter);
        query.order((dsl::starts_at, dsl::id)).limit(limit).load(conn)
    })?)
}

/// The next moment after `now` at which a meeting ends, and so leaves the lists of what is to come.
///
/// # Errors
/// Those of the database.
pub fn next_end(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    use meetings::dsl;
    Ok(on_each!(conn => dsl::meetings.filter(dsl::ends_at.gt(now)).order(dsl::ends_at).select(dsl::ends_at).first(conn).optional())?)
}

/// The meetings that have that tag, in no order.
///
/// # Errors
/// Those of the database.
pub fn with_tag(conn: &mut Conn, tag_id: TagId) -> Result<Vec<MeetingId>, Error> {
    Ok(on_each!(conn => meeting_tags::table.filter(meeting_tags::tag_id.eq(tag_id)).select(meeting_tags::meeting_id).load(conn))?)
}

/// Replaces the tags of a meeting, in order.
///
/// # Errors
/// Those of the database.
pub fn set_tags(conn: &mut Conn, meeting_id: MeetingId, tag_ids: &[TagId]) -> Result<(), Error> {
    use meeting_tags::dsl;
    let rows: Vec<_> = tag_ids
        .iter()
        .zip(0_i32..)
        .map(|(tag_id, position)| (dsl::meeting_id.eq(meeting_id), dsl::tag_id.eq(*tag_id), dsl::position.eq(position)))
        .collect();
    on_each!(conn => {
        diesel::delete(dsl::meeting_tags.filter(dsl::meeting_id.eq(meeting_id))).execute(conn)?;
        if rows.is_empty() { Ok(0) } else { diesel::insert_into(dsl::meeting_tags).values(rows).execute(conn) }
    })?;
    Ok(())
}

/// The tags of these meetings: pairs of meeting and tag, in the order of the tags.
///
/// # Errors
/// Those of the database.
pub fn tags_of(conn: &mut Conn, meeting_ids: &[MeetingId]) -> Result<Vec<(MeetingId, TagId)>, Error> {
    use meeting_tags::dsl;
    if meeting_ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = one_of(dsl::meeting_id, meeting_ids);
    Ok(on_each!(conn => {
        dsl::meeting_tags
            .filter(wanted)
            .order((dsl::meeting_id, dsl::position))
            .select((dsl::meeting_id, dsl::tag_id))
            .load(conn)
    })?)
}
