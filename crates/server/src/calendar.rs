//! Calendars that people subscribe to: all meetings, those of a branch, and single ones.

use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::ApiError;
use crate::meetings::{Asked, MeetingContext};
use crate::record::key;
use crate::request::Query;
use crate::routing::Routes;
use actix_web::web::Path;
use actix_web::{HttpResponse, get};
use jiff::tz::TimeZone;
use masthead_domain::body;
use masthead_domain::calendar::{Calendar, Event};
use masthead_domain::column::AnyId;
use masthead_domain::kind::Kind;
use masthead_domain::meeting::zone;
use masthead_domain::time::Timestamp;
use masthead_domain::truncate;
use masthead_store::meetings::{self, Meeting, MeetingFilter};
use masthead_store::{branches, venues};
use utoipa::IntoParams;

/// How many meetings a calendar shows; where there are more, those that are furthest off are left out.
const EVENTS_MAX: i64 = 500;

/// How long a meeting that is over stays, in days, so that who looks late learns that it was cancelled.
const PAST_DAYS: i64 = 28;

/// How much of the description of a meeting a calendar has, in user-perceived characters; the rest is on its page.
const DESCRIPTION_LENGTH_MAX: usize = 2000;

const DAY_MILLISECONDS: i64 = 24 * 60 * 60 * 1000;

/// The filters of a calendar.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct WindowQuery {
    /// Meetings that end after this time; the beginning of the day (UTC) four weeks ago where absent.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    from: Option<String>,
    /// Meetings that start before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    to: Option<String>,
    /// Meetings with any of these tags, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    tag: Option<String>,
}

/// Whose meetings a calendar of all shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct BranchQuery {
    /// Meetings of the branch of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    branch: Option<String>,
}

/// The beginning of the day, in UTC.
fn midnight(now: Timestamp) -> Timestamp {
    Timestamp::from_milliseconds(now.milliseconds().div_euclid(DAY_MILLISECONDS) * DAY_MILLISECONDS)
}

fn past_from(now: Timestamp) -> Timestamp {
    midnight(now).plus_milliseconds(-PAST_DAYS * DAY_MILLISECONDS)
}

/// Reads the meetings of a window and writes them as a calendar. Without a beginning it is that of the day four weeks ago,
/// or of this day where the past would leave no room for what is to come.
fn answer(reading: &mut Reading<'_>, mut filter: MeetingFilter, of: Option<&branches::Branch>) -> Result<Answer, ApiError> {
    let most = usize::try_from(EVENTS_MAX).unwrap_or(usize::MAX);
    let is_open = filter.from.is_none();
    if is_open {
        filter.from = Some(past_from(reading.now));
        reading.holds_until(Some(midnight(reading.now).plus_milliseconds(DAY_MILLISECONDS)));
        // From then on such a window is refused.
        reading.holds_until(filter.to.map(|to| to.plus_milliseconds(PAST_DAYS * DAY_MILLISECONDS)));
    }
    let mut rows = meetings::first_in_window(reading.conn, &filter, EVENTS_MAX + 1)?;
    if is_open && rows.len() > most {
        filter.from = Some(midnight(reading.now));
        rows = meetings::first_in_window(reading.conn, &filter, EVENTS_MAX)?;
    }
    rows.truncate(most);
    reading.uses_all(Kind::Meeting)?;
    let from = filter.from.unwrap_or(reading.now);
    calendar(reading, from, of.map(|branch| (branch.name.clone(), branch.timezone.clone())), rows)
}

fn calendar(reading: &mut Reading<'_>, from: Timestamp, of: Option<(String, String)>, rows: Vec<Meeting>) -> Result<Answer, ApiError> {
    let context = MeetingContext::read(reading, &rows)?;
    let site = reading.site()?;
    let (name, zone_name) = of.unwrap_or_else(|| (site.title.clone(), site.timezone.clone()));
    let source = format!("{}{}", reading.paper.config.api_url, reading.request);
    let events = rows.into_iter().map(|row| event(reading, &context, &site.ellipsis, row)).collect();
    Ok(Answer::calendar(&Calendar { name, source, language: site.language.clone(), zone: named_zone(zone_name), from, events }))
}

/// A zone of a name that was looked at when it came in; should the machine have lost it, the time is told in UTC.
fn named_zone(name: String) -> (String, TimeZone) {
    match zone(&name) {
        Some(zone) => (name, zone),
        None => ("UTC".to_owned(), TimeZone::UTC),
    }
}

fn event(reading: &Reading<'_>, context: &MeetingContext, ellipsis: &str, row: Meeting) -> Event {
    let venue = context.venue(&row);
    let organiser = row.organiser.clone().or_else(|| context.branch(&row).map(|branch| branch.name.clone()));
    let contact: Vec<String> = organiser.into_iter().chain(row.contact_email.clone()).collect();
    let description = if row.description_html.is_empty() { String::new() } else { body::plain_text(&row.description_html) };
    let description = truncate::at_word_end(&description, DESCRIPTION_LENGTH_MAX, ellipsis);
    let paragraphs = [
        row.status_reason.as_deref(),
        row.summary.as_deref(),
        Some(description.as_ref()),
        venue.and_then(|venue| venue.access_notes.as_deref()),
        row.online_url.as_deref(),
        row.registration_url.as_deref(),
    ];
    let paragraphs: Vec<&str> = paragraphs.into_iter().flatten().map(str::trim).filter(|text| !text.is_empty()).collect();
    Event {
        uid: row.id.0,
        sequence: row.version - 1,
        created_at: row.created_at,
        updated_at: venue.map_or(row.updated_at, |venue| venue.updated_at.max(row.updated_at)),
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        status: row.status,
        description: paragraphs.join("\n\n"),
        location: venue.map(location).or_else(|| row.online_url.clone()),
        point: venue.and_then(|venue| venue.latitude.zip(venue.longitude)),
        categories: context.tag_names(&row),
        contact: (!contact.is_empty()).then(|| contact.join(", ")),
        url: context.page_url(reading, &row),
        title: row.title,
        zone: named_zone(row.timezone),
        comment: row.status_reason,
        conference: row.online_url,
    }
}

/// Where it is, in one line.
fn location(venue: &venues::Venue) -> String {
    let region: Vec<&str> = [&venue.locality, &venue.region, &venue.postcode].into_iter().flatten().map(String::as_str).collect();
    let parts = [Some(venue.name.clone()), venue.street_address.clone(), (!region.is_empty()).then(|| region.join(" ")), venue.country.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Subscribe to meetings.
///
/// A calendar (RFC 5545) of all meetings, or of those of a branch or a tag: what is to come, and the last four weeks, so that
/// subscribers learn what was cancelled. At most 500.
#[utoipa::path(tag = "meetings", params(WindowQuery, BranchQuery), responses((status = OK, description = "The calendar.", body = String, content_type = "text/calendar")))]
#[get("/calendar/meetings.ics")]
async fn find_meetings_calendar(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = Asked::read(&mut query);
    let canonical = query.finish()?;
    delivery
        .answer(canonical, move |reading| {
            let filter = asked.resolve(reading)?;
            let of = match filter.branch_id {
                Some(id) => reading.branches(&[id])?.remove(&id),
                None => None,
            };
            answer(reading, filter, of.as_deref())
        })
        .await
}

/// Subscribe to the meetings of a branch.
///
/// A calendar (RFC 5545) of the meetings of the branch of that slug or id. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "meetings", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), WindowQuery), responses((status = OK, description = "The calendar.", body = String, content_type = "text/calendar"), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/calendar/branches/{slug}.ics")]
async fn find_branch_calendar(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let asked = Asked::read_window(&mut query);
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| {
            match reading.find_or_moved(Kind::Branch, &key, |row: &branches::Branch| AnyId(row.id.0), branches::find)? {
                Found::Here(branch) => {
                    let filter = MeetingFilter { branch_id: Some(branch.id), ..asked.resolve(reading)? };
                    answer(reading, filter, Some(&branch))
                }
                Found::Moved(branch) => Ok(Answer::moved(reading, "/calendar/branches", format!("{}.ics", branch.slug))),
            }
        })
        .await
}

/// Take a meeting into a calendar.
///
/// The meeting of that slug or id as a calendar (RFC 5545) of one event. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "meetings", params(("slug" = String, Path, description = "Slug or id.", max_length = 120)), responses((status = OK, description = "The calendar.", body = String, content_type = "text/calendar"), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/calendar/meetings/{slug}.ics")]
async fn find_meeting_calendar(delivery: Delivery, slug: Path<String>, query: Query) -> Result<HttpResponse, ApiError> {
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| match reading.find_or_moved(Kind::Meeting, &key, |row: &Meeting| AnyId(row.id.0), meetings::find)? {
            Found::Here(row) => {
                let (from, name) = (row.starts_at, (row.title.clone(), row.timezone.clone()));
                calendar(reading, from, Some(name), vec![row])
            }
            Found::Moved(row) => Ok(Answer::moved(reading, "/calendar/meetings", format!("{}.ics", row.slug))),
        })
        .await
}

/// The routes.
pub fn routes(routes: &mut Routes) {
    routes.service(find_meetings_calendar).service(find_branch_calendar).service(find_meeting_calendar);
}
