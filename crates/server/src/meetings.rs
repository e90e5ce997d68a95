//! Meetings. The wall time and the zone are what an editor enters and what stays; the instant is worked out.

use crate::branches::Branch;
use crate::delivery::{Answer, Delivery, Found, Reading};
use crate::error::ApiError;
use crate::page::{PageOut, PageQuery, PageRequest, link_header, resolve as resolve_record};
use crate::record::{FieldsQuery, key};
use crate::request::Query;
use crate::routing::Routes;
use crate::tags::Tag;
use crate::venues::Venue;
use crate::view::{desk_item, desk_list};
use crate::writing::{Desk, Written};
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post};
use masthead_domain::article::read_slug;
use masthead_domain::body::{self, BodyFormat, Removed};
use masthead_domain::column::AnyId;
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{BranchId, MeetingId, TagId, UserId, VenueId};
use masthead_domain::kind::Kind;
use masthead_domain::meeting::{AmbiguousTime, Attendance, LocalTime, MeetingStatus, Resolved, resolve, with_offset, zone};
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::meetings::{self, DURATION_MINUTES_MAX, MeetingFilter, MeetingSort};
use masthead_store::page::SortKey;
use masthead_store::record::{Meta, distinct};
use masthead_store::site::Site;
use masthead_store::{branches, tags, venues};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What an editor enters for a meeting.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeetingIn {
    /// Made from the title where absent, with a number where another meeting has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "keep-the-last-ferry")]
    pub slug: Option<Slug>,
    #[schema(min_length = 1, max_length = 300, example = "Keep the last ferry")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "What the council plans, and what we do next.")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100_000, example = "Speakers from **both** shores.")]
    pub description: Option<String>,
    #[schema(default = "markdown")]
    pub description_format: BodyFormat,
    /// Date and time of day on the wall there, to the minute.
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$", example = "2026-11-26T18:30")]
    pub starts_at_local: LocalTime,
    /// IANA; the branch's where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "Australia/Sydney")]
    pub timezone: Option<String>,
    /// Which one is meant, where the clocks go back and the time comes twice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ambiguous_time: Option<AmbiguousTime>,
    #[schema(minimum = 1, maximum = 44_640, example = 90)]
    pub duration_minutes: i32,
    #[schema(default = "scheduled")]
    pub status: MeetingStatus,
    /// For readers: why it is cancelled or postponed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "The hall is flooded.")]
    pub status_reason: Option<String>,
    #[schema(default = "in_person")]
    pub attendance: Attendance,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c26")]
    pub branch_id: Option<BranchId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c27")]
    pub venue_id: Option<VenueId>,
    /// Who holds it, where it is not the branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 300, example = "Harbour Workers' Union")]
    pub organiser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://meet.example/ferry")]
    pub online_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, format = Uri, example = "https://sign-up.example/ferry")]
    pub registration_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, format = Email, example = "sydney@paper.example")]
    pub contact_email: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, value_type = Vec<String>, max_items = 50, example = json!(["01936d6c-7a10-7c3e-9d55-6b1f0e9a4c23"]))]
    pub tag_ids: Vec<TagId>,
}

/// What an editor sees of a meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorMeeting {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: MeetingId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    /// Who changed it last; absent where the server did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: Option<UserId>,
    pub time: MeetingTime,
    /// What cleaning took out of the description; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<Vec<Removed>>,
    #[serde(flatten)]
    pub content: MeetingIn,
}

/// A page of meetings to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorMeetingList {
    pub data: Vec<EditorMeeting>,
    pub page: PageOut,
}

/// When a meeting takes place: on the wall, with the offset, and in UTC.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MeetingTime {
    /// The IANA zone.
    #[schema(example = "Australia/Sydney")]
    pub timezone: String,
    #[schema(value_type = String, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", example = "2026-11-26T18:30")]
    pub starts_at_local: LocalTime,
    /// With the offset of the zone.
    #[schema(format = DateTime, example = "2026-11-26T18:30:00+11:00")]
    pub starts_at: String,
    #[schema(format = DateTime, example = "2026-11-26T20:00:00+11:00")]
    pub ends_at: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub starts_at_utc: Timestamp,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T09:00:00Z")]
    pub ends_at_utc: Timestamp,
    #[schema(minimum = 1, maximum = 44_640, example = 90)]
    pub duration_minutes: i32,
}

/// A meeting.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Meeting {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: MeetingId,
    #[schema(value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "keep-the-last-ferry")]
    pub slug: Slug,
    /// The address of its page on the paper's website.
    #[schema(format = Uri, example = "https://paper.example/meetings/keep-the-last-ferry")]
    pub page_url: String,
    /// The address of the meeting as a calendar of one event (RFC 5545).
    #[schema(format = Uri, example = "https://api.paper.example/calendar/meetings/keep-the-last-ferry.ics")]
    pub calendar_url: String,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(example = "Keep the last ferry")]
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "What the council plans, and what we do next.")]
    pub summary: Option<String>,
    /// Clean HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "<p>Speakers from <strong>both</strong> shores.</p>")]
    pub description_html: Option<String>,
    pub time: MeetingTime,
    pub status: MeetingStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The hall is flooded.")]
    pub status_reason: Option<String>,
    pub attendance: Attendance,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<Branch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Harbour Workers' Union")]
    pub organiser: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uri, example = "https://meet.example/ferry")]
    pub online_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uri, example = "https://sign-up.example/ferry")]
    pub registration_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Email, example = "sydney@paper.example")]
    pub contact_email: Option<String>,
    pub tags: Vec<Tag>,
}

impl Meeting {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "slug",
        "page_url",
        "calendar_url",
        "updated_at",
        "title",
        "summary",
        "description_html",
        "time",
        "status",
        "status_reason",
        "attendance",
        "branch",
        "venue",
        "organiser",
        "online_url",
        "registration_url",
        "contact_email",
        "tags",
    ];
}

/// A page of meetings.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingList {
    pub data: Vec<Meeting>,
    pub page: PageOut,
}

/// The members of an editing representation that `fields` may name.
const EDITOR_FIELDS: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "updated_by",
    "time",
    "removed",
    "slug",
    "title",
    "summary",
    "description",
    "description_format",
    "starts_at_local",
    "timezone",
    "ambiguous_time",
    "duration_minutes",
    "status",
    "status_reason",
    "attendance",
    "branch_id",
    "venue_id",
    "organiser",
    "online_url",
    "registration_url",
    "contact_email",
    "tag_ids",
];

fn read(reader: &mut Reader) -> MeetingIn {
    let starts_at_local = reader.line("starts_at_local", 32).and_then(|text| {
        let local = LocalTime::parse(&text);
        if local.is_none() {
            reader.fault("starts_at_local", FaultCode::InvalidFormat, "must be a date and a time without offset, like 2026-11-26T18:30");
        }
        local
    });
    let starts_at_local = reader.require("starts_at_local", starts_at_local);
    let duration = reader.integer("duration_minutes", 1..=DURATION_MINUTES_MAX).and_then(|minutes| i32::try_from(minutes).ok());
    let timezone = reader.time_zone("timezone");
    let ambiguous_time = reader.word("ambiguous_time");
    if let (Some(local), Some(name)) = (starts_at_local, &timezone) {
        check_local_time(local, name, ambiguous_time, |code, message| reader.fault("starts_at_local", code, message));
    }
    MeetingIn {
        slug: read_slug(reader),
        title: reader.required_line("title", 300),
        summary: reader.filled_text("summary", 2000),
        description: reader.filled_text("description", 100_000),
        description_format: reader.word("description_format").unwrap_or(BodyFormat::Markdown),
        // Where it is missing the fault is noted and the value never used.
        starts_at_local: starts_at_local.unwrap_or_default(),
        timezone,
        ambiguous_time,
        duration_minutes: reader.require("duration_minutes", duration).unwrap_or_default(),
        status: reader.word("status").unwrap_or_default(),
        status_reason: reader.filled_text("status_reason", 1000),
        attendance: reader.word("attendance").unwrap_or_default(),
        branch_id: reader.id("branch_id"),
        venue_id: reader.id("venue_id"),
        organiser: reader.filled_line("organiser", 300),
        online_url: reader.web_address("online_url"),
        registration_url: reader.web_address("registration_url"),
        contact_email: reader.email_address("contact_email"),
        tag_ids: reader.ids("tag_ids", 50),
    }
}

/// Flags a local time that the clocks skip, and one that comes twice without a choice between the two.
fn check_local_time(local: LocalTime, zone_name: &str, choice: Option<AmbiguousTime>, mut fault: impl FnMut(FaultCode, String)) {
    let Some(zone) = zone(zone_name) else { return };
    match resolve(local, &zone) {
        Resolved::Once(_) => {}
        Resolved::Skipped => fault(FaultCode::LocalTimeSkipped, format!("the clocks of {zone_name} skip {local}")),
        Resolved::Twice { .. } if choice.is_some() => {}
        Resolved::Twice { .. } => {
            fault(FaultCode::LocalTimeTwice, format!("{local} comes twice in {zone_name}, as the clocks go back; say which in ambiguous_time"));
        }
    }
}

fn instant(local: LocalTime, zone_name: &str, choice: Option<AmbiguousTime>) -> Timestamp {
    let resolved = zone(zone_name).map_or(Resolved::Skipped, |zone| resolve(local, &zone));
    match (resolved, choice) {
        (Resolved::Once(time), _)
        | (Resolved::Twice { later: time, .. }, Some(AmbiguousTime::Later))
        | (Resolved::Twice { earlier: time, .. }, _) => time,
        // Was refused when it was read.
        (Resolved::Skipped, _) => Timestamp::from_milliseconds(0),
    }
}

impl crate::desk::Record for meetings::Meeting {
    const KIND: Kind = Kind::Meeting;
    type In = MeetingIn;
    type Editor = EditorMeeting;

    fn read(reader: &mut Reader) -> MeetingIn {
        read(reader)
    }

    fn editing(input: &MeetingIn) -> Action {
        Action::EditMeeting { branch_id: input.branch_id }
    }

    fn check(conn: &mut Conn, input: &mut MeetingIn, _: Option<AnyId>, faults: &mut Vec<Fault>) -> Result<(), Error> {
        let mut missing = |pointer: &str, what: &str| faults.push(Fault::at(pointer, FaultCode::Dangling, format!("there is no {what} of this id")));
        let branch = match input.branch_id {
            Some(id) => branches::by_ids(conn, &[id])?.pop(),
            None => None,
        };
        if input.branch_id.is_some() && branch.is_none() {
            missing("/branch_id", "branch");
        }
        if let Some(id) = input.venue_id
            && venues::by_ids(conn, &[id])?.is_empty()
        {
            missing("/venue_id", "venue");
        }
        let known: Vec<TagId> = tags::by_ids(conn, &input.tag_ids)?.into_iter().map(|tag| tag.id).collect();
        for (index, id) in input.tag_ids.iter().enumerate() {
            if !known.contains(id) {
                missing(&format!("/tag_ids/{index}"), "tag");
            }
        }
        if input.timezone.is_none() && !faults.iter().any(|fault| fault.pointer.as_deref() == Some("/timezone")) {
            match branch {
                Some(branch) => {
                    let has_time = !faults.iter().any(|fault| fault.pointer.as_deref() == Some("/starts_at_local"));
                    if has_time {
                        check_local_time(input.starts_at_local, &branch.timezone, input.ambiguous_time, |code, message| {
                            faults.push(Fault::at("/starts_at_local", code, message));
                        });
                    }
                    input.timezone = Some(branch.timezone);
                }
                None => faults.push(Fault::at("/timezone", FaultCode::Required, "is required where no branch gives one")),
            }
        }
        Ok(())
    }

    fn slug_source(input: &mut MeetingIn) -> (&mut Option<Slug>, &str) {
        (&mut input.slug, &input.title)
    }

    fn input(&self, conn: &mut Conn) -> Result<MeetingIn, Error> {
        let tag_ids = meetings::tags_of(conn, &[self.id])?.into_iter().map(|(_, tag_id)| tag_id).collect();
        Ok(to_input(self, tag_ids))
    }

    fn build(input: MeetingIn, meta: Meta) -> Self {
        let timezone = input.timezone.unwrap_or_default();
        let starts_at = instant(input.starts_at_local, &timezone, input.ambiguous_time);
        let description_html = input.description.as_deref().map_or_else(String::new, |text| body::render(text, input.description_format).html);
        Self {
            id: meta.id.0.into(),
            slug: meta.slug,
            version: meta.version,
            created_at: meta.created_at,
            updated_at: meta.updated_at,
            updated_by: meta.updated_by,
            title: input.title,
            summary: input.summary,
            description: input.description,
            description_format: input.description_format,
            description_html,
            starts_at_local: input.starts_at_local,
            timezone,
            ambiguous_time: input.ambiguous_time,
            duration_minutes: input.duration_minutes,
            starts_at,
            ends_at: starts_at.plus_seconds(i64::from(input.duration_minutes) * 60),
            status: input.status,
            status_reason: input.status_reason,
            attendance: input.attendance,
            branch_id: input.branch_id,
            venue_id: input.venue_id,
            organiser: input.organiser,
            online_url: input.online_url,
            registration_url: input.registration_url,
            contact_email: input.contact_email,
        }
    }

    fn editor(self, input: MeetingIn) -> EditorMeeting {
        let removed = input.description.as_deref().map(|text| body::render(text, input.description_format).removed);
        EditorMeeting { removed, ..short(&self, input) }
    }

    fn saved(&self, conn: &mut Conn, input: &MeetingIn) -> Result<(), Error> {
        meetings::set_tags(conn, self.id, &input.tag_ids)
    }

    record_verbs!(meetings);
}

/// The editing representation, without what only single items carry.
fn short(row: &meetings::Meeting, input: MeetingIn) -> EditorMeeting {
    EditorMeeting {
        id: row.id,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        time: time(row),
        removed: None,
        content: input,
    }
}

fn to_input(row: &meetings::Meeting, tag_ids: Vec<TagId>) -> MeetingIn {
    MeetingIn {
        slug: Some(row.slug.clone()),
        title: row.title.clone(),
        summary: row.summary.clone(),
        description: row.description.clone(),
        description_format: row.description_format,
        starts_at_local: row.starts_at_local,
        timezone: Some(row.timezone.clone()),
        ambiguous_time: row.ambiguous_time,
        duration_minutes: row.duration_minutes,
        status: row.status,
        status_reason: row.status_reason.clone(),
        attendance: row.attendance,
        branch_id: row.branch_id,
        venue_id: row.venue_id,
        organiser: row.organiser.clone(),
        online_url: row.online_url.clone(),
        registration_url: row.registration_url.clone(),
        contact_email: row.contact_email.clone(),
        tag_ids,
    }
}

fn time(row: &meetings::Meeting) -> MeetingTime {
    let written = |at: Timestamp| zone(&row.timezone).map_or_else(|| at.to_string(), |zone| with_offset(at, &zone));
    MeetingTime {
        timezone: row.timezone.clone(),
        starts_at_local: row.starts_at_local,
        starts_at: written(row.starts_at),
        ends_at: written(row.ends_at),
        starts_at_utc: row.starts_at,
        ends_at_utc: row.ends_at,
        duration_minutes: row.duration_minutes,
    }
}

/// What meetings refer to, read at once for a whole page.
pub struct MeetingContext {
    site: Arc<Site>,
    branches: HashMap<BranchId, Arc<branches::Branch>>,
    venues: HashMap<VenueId, Arc<venues::Venue>>,
    tags: HashMap<MeetingId, Vec<Arc<tags::Tag>>>,
}

impl MeetingContext {
    /// Reads it, in at most five queries whatever the number of meetings, and notes that the reply shows these meetings.
    pub fn read(reading: &mut Reading<'_>, rows: &[meetings::Meeting]) -> Result<Self, Error> {
        for row in rows {
            reading.uses(Kind::Meeting, AnyId(row.id.0));
        }
        let branch_ids = distinct(rows.iter().filter_map(|row| row.branch_id));
        let venue_ids = distinct(rows.iter().filter_map(|row| row.venue_id));
        let branches = reading.branches(&branch_ids)?;
        let venues = reading.venues(&venue_ids)?;
        let links = meetings::tags_of(reading.conn, &rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
        let tag_ids = distinct(links.iter().map(|(_, tag_id)| *tag_id));
        let by_id = reading.tags(&tag_ids)?;
        let mut tags: HashMap<MeetingId, Vec<Arc<tags::Tag>>> = HashMap::new();
        for (meeting_id, tag_id) in links {
            tags.entry(meeting_id).or_default().extend(by_id.get(&tag_id).cloned());
        }
        Ok(Self { site: reading.site()?, branches, venues, tags })
    }

    /// The branch that holds a meeting.
    #[must_use]
    pub fn branch(&self, row: &meetings::Meeting) -> Option<&branches::Branch> {
        row.branch_id.and_then(|id| self.branches.get(&id)).map(Arc::as_ref)
    }

    /// Where a meeting is held.
    #[must_use]
    pub fn venue(&self, row: &meetings::Meeting) -> Option<&venues::Venue> {
        row.venue_id.and_then(|id| self.venues.get(&id)).map(Arc::as_ref)
    }

    /// The names of the tags of a meeting.
    #[must_use]
    pub fn tag_names(&self, row: &meetings::Meeting) -> Vec<String> {
        self.tags.get(&row.id).into_iter().flatten().map(|tag| tag.name.clone()).collect()
    }

    /// The address of the page of a meeting on the paper's website.
    #[must_use]
    pub fn page_url(&self, reading: &Reading<'_>, row: &meetings::Meeting) -> String {
        reading.page_url(&self.site.meeting_path, &row.slug)
    }

    /// What readers get of a meeting.
    #[must_use]
    pub fn out(&self, reading: &Reading<'_>, row: meetings::Meeting) -> Meeting {
        let time = time(&row);
        let branch = self.branch(&row).map(|branch| {
            let page_url = reading.page_url(&self.site.branch_path, &branch.slug);
            Branch::from_row(branch.clone(), page_url)
        });
        let page_url = self.page_url(reading, &row);
        // A venue has no page of its own: its meeting's is where it is told of.
        let venue = self.venue(&row).map(|venue| Venue::from_row(venue.clone(), page_url.clone()));
        let tags = self.tags.get(&row.id).into_iter().flatten();
        Meeting {
            id: row.id,
            updated_at: row.updated_at,
            title: row.title,
            summary: row.summary,
            description_html: (!row.description_html.is_empty()).then_some(row.description_html),
            time,
            status: row.status,
            status_reason: row.status_reason,
            attendance: row.attendance,
            branch,
            venue,
            organiser: row.organiser,
            online_url: row.online_url,
            registration_url: row.registration_url,
            contact_email: row.contact_email,
            tags: tags.map(|tag| Tag::from_row(tag.as_ref().clone(), reading.page_url(&self.site.tag_path, &tag.slug))).collect(),
            calendar_url: format!("{}/calendar/meetings/{}.ics", reading.paper.config.api_url, row.slug),
            slug: row.slug,
            page_url,
        }
    }
}

/// The filters of the meetings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct MeetingQuery {
    /// Meetings that end after this time; now where absent, so that a meeting that is on is listed.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    from: Option<String>,
    /// Meetings that start before this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    to: Option<String>,
    /// Meetings of the branch of this slug or id.
    #[param(max_length = 120, pattern = "^[a-z0-9-]+$")]
    branch: Option<String>,
    /// Meetings with any of these tags, slugs or ids separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z0-9-]+(,[a-z0-9-]+)*$")]
    tag: Option<String>,
    /// Meetings changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means from late to early.
    #[param(inline)]
    sort: Option<MeetingSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of meetings.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum MeetingSortIn {
    #[serde(rename = "starts_at")]
    StartsAt,
    #[serde(rename = "-starts_at")]
    StartsAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
}

const SORTS: [(&str, MeetingSort); 4] = [
    ("starts_at", MeetingSort::StartsAt),
    ("-starts_at", MeetingSort::StartsAt),
    ("updated_at", MeetingSort::UpdatedAt),
    ("-updated_at", MeetingSort::UpdatedAt),
];

/// The filters as they came, before the slugs in them are looked up.
pub struct Asked {
    filter: MeetingFilter,
    branch: Option<String>,
    tags: Option<Vec<String>>,
}

impl Asked {
    /// Reads the time and the tags. A window that is over before it begins where nothing is said is empty.
    pub fn read_window(query: &mut Query) -> Self {
        let (from, to) = (query.time("from"), query.time("to"));
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            query.fault("to", FaultCode::OutOfRange, "must be after from");
        }
        let filter = MeetingFilter { from, to, ..MeetingFilter::default() };
        Self { filter, branch: None, tags: query.list("tag", 20) }
    }

    /// Reads the branch too.
    pub fn read(query: &mut Query) -> Self {
        Self { branch: query.text("branch"), ..Self::read_window(query) }
    }

    /// Looks up what the filters name; the reply depends on it.
    ///
    /// # Errors
    /// A fault of the parameter that names nothing.
    pub fn resolve(self, reading: &mut Reading<'_>) -> Result<MeetingFilter, ApiError> {
        let branch = self.branch.map(|text| reading.resolve::<branches::Branch>("branch", &text)).transpose()?;
        let tags = self.tags.map(|texts| texts.iter().map(|text| reading.resolve::<tags::Tag>("tag", text)).collect()).transpose()?;
        Ok(named(self.filter, branch, tags))
    }

    /// The same for the desk, which keeps no slugs in memory.
    fn resolve_at_desk(self, conn: &mut Conn) -> Result<MeetingFilter, ApiError> {
        let branch = self.branch.map(|text| resolve_record::<branches::Branch>(conn, "branch", &text)).transpose()?;
        let tags = self.tags.map(|texts| texts.iter().map(|text| resolve_record::<tags::Tag>(conn, "tag", text)).collect()).transpose()?;
        Ok(named(self.filter, branch, tags))
    }
}

fn named(filter: MeetingFilter, branch: Option<AnyId>, tags: Option<Vec<AnyId>>) -> MeetingFilter {
    MeetingFilter { branch_id: branch.map(|id| id.0.into()), tag_ids: tags.map(|ids| ids.into_iter().map(|id| id.0.into()).collect()), ..filter }
}

fn place(sort: MeetingSort, row: &meetings::Meeting) -> (SortKey, AnyId) {
    let time = match sort {
        MeetingSort::StartsAt => row.starts_at,
        MeetingSort::UpdatedAt => row.updated_at,
    };
    (SortKey::Time(time), AnyId(row.id.0))
}

/// List meetings.
///
/// Those to come, and those that are on, by their start; nothing found is an empty list.
#[utoipa::path(tag = "meetings", params(PageQuery, MeetingQuery), responses((status = OK, description = "A page.", body = MeetingList)))]
#[get("/meetings")]
async fn list_meetings(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Meeting::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), &SORTS);
    let mut asked = Asked::read(&mut query);
    asked.filter.updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(MeetingSort::StartsAt);
    delivery
        .answer(canonical, move |reading| {
            let mut filter = asked.resolve(reading)?;
            filter.from.get_or_insert(reading.now);
            let listing = meetings::list(reading.conn, &filter, sort, &page.page)?;
            reading.uses_all(Kind::Meeting)?;
            let context = MeetingContext::read(reading, &listing.rows)?;
            let out = page.out(&reading.paper.seal, &listing, |row| place(sort, row));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|row| row.updated_at).max();
            let data = listing.rows.into_iter().map(|row| context.out(reading, row)).collect();
            Answer::list(&MeetingList { data, page: out }, fields.as_deref(), last_modified, link)
        })
        .await
}

/// Find a meeting.
///
/// The meeting of that slug or id, past or to come. A slug that it gave up leads to the one it has.
#[utoipa::path(tag = "meetings", params(("slug" = String, Path, description = "Slug or id.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = Meeting), (status = MOVED_PERMANENTLY, description = "It has another slug now.")))]
#[get("/meetings/{slug}")]
async fn find_meeting(delivery: Delivery, slug: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Meeting::FIELDS);
    let canonical = query.finish()?;
    let key = key(&slug)?;
    delivery
        .answer(canonical, move |reading| {
            match reading.find_or_moved(Kind::Meeting, &key, |row: &meetings::Meeting| AnyId(row.id.0), meetings::find)? {
                Found::Here(row) => {
                    let context = MeetingContext::read(reading, std::slice::from_ref(&row))?;
                    let updated_at = row.updated_at;
                    Answer::item(&context.out(reading, row), fields.as_deref(), updated_at)
                }
                Found::Moved(row) => Ok(Answer::moved(reading, "/v1/meetings", &row.slug)),
            }
        })
        .await
}

/// List meetings to edit.
///
/// All meetings, past ones too, with their versions.
#[utoipa::path(tag = "meetings", params(PageQuery, MeetingQuery), responses((status = OK, description = "A page.", body = EditorMeetingList)))]
#[get("/meetings")]
async fn list_editor_meetings(
    db: Data<masthead_store::db::Db>,
    seal: Data<crate::seal::Seal>,
    _: crate::identity::Contributor,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let mut asked = Asked::read(&mut query);
    asked.filter.updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(MeetingSort::StartsAt);
    let wanted = page.page.clone();
    let (listing, mut tag_ids) = db
        .read(move |conn| -> Result<_, ApiError> {
            let filter = asked.resolve_at_desk(conn)?;
            let listing = meetings::list(conn, &filter, sort, &wanted)?;
            let mut tag_ids: HashMap<MeetingId, Vec<TagId>> = HashMap::new();
            for (meeting_id, tag_id) in meetings::tags_of(conn, &listing.rows.iter().map(|row| row.id).collect::<Vec<_>>())? {
                tag_ids.entry(meeting_id).or_default().push(tag_id);
            }
            Ok((listing, tag_ids))
        })
        .await?;
    let page = page.out(&seal, &listing, |row| place(sort, row));
    let link = link_header(&canonical, &page);
    let data = listing
        .rows
        .into_iter()
        .map(|row| {
            let input = to_input(&row, tag_ids.remove(&row.id).unwrap_or_default());
            short(&row, input)
        })
        .collect();
    desk_list(&EditorMeetingList { data, page }, fields.as_deref(), link)
}

/// Find a meeting to edit.
///
/// The meeting of that id or slug, with its version.
#[utoipa::path(tag = "meetings", params(("id" = String, Path, description = "Id or slug.", max_length = 120), FieldsQuery), responses((status = OK, description = "Found.", body = EditorMeeting)))]
#[get("/meetings/{id}")]
async fn find_editor_meeting(
    db: Data<masthead_store::db::Db>,
    _: crate::identity::Contributor,
    id: Path<String>,
    mut query: Query,
) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    query.finish()?;
    let key = key(&id)?;
    let found = db.read(move |conn| crate::desk::find::<meetings::Meeting>(conn, &key)).await?;
    desk_item(&found, fields.as_deref())
}

/// Create a meeting.
///
/// Adds the meeting of the body. Every fault of the body is named, a local time that the clocks skip among them.
#[utoipa::path(tag = "meetings", request_body = MeetingIn, responses((status = CREATED, description = "Added.", body = EditorMeeting)))]
#[post("/meetings")]
async fn create_meeting(desk: Desk<crate::identity::Editor>, body: crate::request::JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| crate::desk::create::<meetings::Meeting>(conn, acting, &body.0)?.created("/v1/editor/meetings")).await
}

/// Update a meeting.
///
/// A merge patch (RFC 7396) of its content: what is left out stays, null takes away.
#[utoipa::path(tag = "meetings", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), request_body = MeetingIn, responses((status = OK, description = "Changed, or as it was.", body = EditorMeeting)))]
#[patch("/meetings/{id}")]
async fn update_meeting(
    desk: Desk<crate::identity::Editor>,
    id: Path<String>,
    if_match: crate::request::IfMatch,
    body: crate::request::JsonBody,
) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| crate::desk::update::<meetings::Meeting>(conn, acting, &key, &if_match, body.0)?.ok()).await
}

/// Delete a meeting.
///
/// For one that was entered by mistake; one that does not take place is better cancelled, so that people learn of it.
#[utoipa::path(tag = "meetings", params(("id" = String, Path, description = "Id or slug.", max_length = 120)), responses((status = NO_CONTENT, description = "Deleted.")))]
#[delete("/meetings/{id}")]
async fn delete_meeting(desk: Desk<crate::identity::Editor>, id: Path<String>, if_match: crate::request::IfMatch) -> Result<HttpResponse, ApiError> {
    let key = key(&id)?;
    desk.write(move |conn, acting| {
        crate::desk::delete::<meetings::Meeting>(conn, acting, &key, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

record_revision_routes! {
    meetings::Meeting, tag "meetings", one "a meeting", list "/meetings/{id}/revisions", item "/meetings/{id}/revisions/{number}",
    input MeetingIn, revision MeetingRevision, operations list_meeting_revisions find_meeting_revision
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_meetings).service(find_meeting);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_meetings).service(find_editor_meeting).service(create_meeting).service(update_meeting).service(delete_meeting);
}
