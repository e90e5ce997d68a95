//! What every editing endpoint of a record does: check the version, merge the patch, name every fault, keep a revision.

use crate::error::{ApiError, CurrentVersion};
use crate::request::IfMatch;
use crate::writing::{Acting, Entry, Written};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::UserId;
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::{Action, Actor};
use masthead_domain::read::Reader;
use masthead_domain::slug::Slug;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::changes::NewChange;
use masthead_store::dialect::{Conn, Turn};
use masthead_store::error::Error;
use masthead_store::record::{Key, Meta};
use masthead_store::revisions::{self, Revision};
use masthead_store::{articles, retired_slugs, users};
use serde::Serialize;
use serde_json::Value;

/// A record that editors keep: an author, a tag, a meeting.
pub trait Record: Sized + Send + 'static {
    const KIND: Kind;
    /// What an editor enters.
    type In: Serialize + PartialEq + Clone + Send + 'static;
    /// What an editor sees.
    type Editor: Serialize + Send + 'static;

    /// Reads and checks all that can be checked without the database.
    fn read(reader: &mut Reader) -> Self::In;
    /// Checks what refers to other things, and what depends on them.
    fn check(_conn: &mut Conn, _input: &mut Self::In, _own: Option<AnyId>, _faults: &mut Vec<Fault>) -> Result<(), Error> {
        Ok(())
    }
    /// What it takes to make or change one of those, or to delete it.
    fn editing(_input: &Self::In) -> Action {
        Action::EditRecords
    }
    /// Whether readers may see it as it was entered; what they may not is no change for them.
    fn is_shown(_input: &Self::In) -> bool {
        true
    }
    /// The slug that was entered, and the text that one is made from otherwise.
    fn slug_source(input: &mut Self::In) -> (&mut Option<Slug>, &str);
    fn input(&self, conn: &mut Conn) -> Result<Self::In, Error>;
    fn build(input: Self::In, meta: Meta) -> Self;
    fn meta(&self) -> Meta;
    /// Whether readers get it as it is.
    fn is_public(&self) -> bool {
        true
    }
    fn editor(self, input: Self::In) -> Self::Editor;

    fn find(conn: &mut Conn, key: &Key) -> Result<Self, Error>;
    fn slug_is_taken(conn: &mut Conn, slug: &Slug, own: Option<AnyId>) -> Result<bool, Error>;
    fn insert(&self, conn: &mut Conn) -> Result<(), Error>;
    fn update(&self, conn: &mut Conn, seen: i32) -> Result<(), Error>;
    fn delete(&self, conn: &mut Conn) -> Result<(), Error>;
    /// Writes what depends on the record elsewhere, where it was changed.
    fn changed(_conn: &mut Conn, _id: AnyId, _old: &Self::In, _new: &Self::In) -> Result<(), Error> {
        Ok(())
    }
    /// Writes what is kept beside the row.
    fn saved(&self, _conn: &mut Conn, _input: &Self::In) -> Result<(), Error> {
        Ok(())
    }
}

/// An editing representation with its version.
pub struct Versioned<T> {
    pub version: i32,
    pub id: AnyId,
    pub value: T,
}

impl<T: Serialize> Versioned<T> {
    /// The reply to a read, with the version as its entity tag.
    #[must_use]
    pub fn reply(&self) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ETAG, entity_tag(self.version))).json(&self.value)
    }

    /// The reply to a change, with the version as its entity tag.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn ok(&self) -> Result<Written, ApiError> {
        Ok(Written::json(StatusCode::OK, &self.value)?.with_version(self.version))
    }

    /// The reply to a creation.
    ///
    /// # Errors
    /// Where it cannot be written as JSON.
    pub fn created(&self, collection: &str) -> Result<Written, ApiError> {
        let written = Written::json(StatusCode::CREATED, &self.value)?;
        Ok(written.with_version(self.version).with_location(format!("{collection}/{}", self.id.0)))
    }
}

/// A version as an entity tag.
#[must_use]
pub fn entity_tag(version: i32) -> String {
    format!("\"{version}\"")
}

/// Adds the record of that body.
pub fn create<R: Record>(conn: &mut Conn, acting: &Acting, body: &Value) -> Result<Versioned<R::Editor>, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    let now = acting.now;
    let mut input = read_checked::<R>(conn, body, None)?;
    permit(&acting.actor, R::editing(&input))?;
    let id = AnyId(uuid::Uuid::now_v7());
    let (entered, title) = R::slug_source(&mut input);
    let (entered, title) = (entered.clone(), title.to_owned());
    let record = under_slug(
        conn,
        entered,
        &title,
        |conn, slug| R::slug_is_taken(conn, slug, None),
        |conn, slug| {
            *R::slug_source(&mut input).0 = Some(slug.clone());
            let meta = Meta { id, slug, version: 1, created_at: now, updated_at: now, updated_by: Some(acting.actor.user_id) };
            let record = R::build(input.clone(), meta);
            record.insert(conn)?;
            Ok(record)
        },
    )?;
    keep(conn, acting, &record, None, &mut input)?;
    Ok(Versioned { version: 1, id, value: record.editor(input) })
}

/// Keeps the revision of a record just written, and what stands beside its row, and notes the change.
fn keep<R: Record>(conn: &mut Conn, acting: &Acting, record: &R, old: Option<&R::In>, input: &mut R::In) -> Result<(), ApiError> {
    let Meta { id, version, .. } = record.meta();
    let now = acting.now;
    let verb = if old.is_none() { "create" } else { "update" };
    let action = match (old.is_some_and(R::is_shown), R::is_shown(input)) {
        (false, false) => None,
        (false, true) => Some(if old.is_none() { ChangeAction::Created } else { ChangeAction::Published }),
        (true, true) => Some(ChangeAction::Updated),
        (true, false) => Some(ChangeAction::Unpublished),
    };
    if let Some(action) = action {
        conn.note(NewChange { kind: R::KIND, entity_id: id, action, revision: version, changed_at: now });
    }
    record.saved(conn, input)?;
    let document = serde_json::to_value(&*input).map_err(ApiError::internal)?;
    let before = old.map(serde_json::to_value).transpose().map_err(ApiError::internal)?;
    acting.audit(
        conn,
        Entry {
            action: format!("{}.{verb}", R::KIND),
            subject: R::KIND.word(),
            entity_id: Some(id),
            label: Some(R::slug_source(input).1.to_owned()),
            before,
            after: Some(document.clone()),
        },
    )?;
    let created_by = Some(acting.actor.user_id);
    let revision = Revision { entity_id: id, number: version, kind: R::KIND, version, document: Json(document), created_at: now, created_by };
    Ok(revisions::insert(conn, &revision)?)
}

/// Reads a body and checks it, against the database too.
fn read_checked<R: Record>(conn: &mut Conn, body: &Value, own: Option<AnyId>) -> Result<R::In, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(body, &mut faults);
    let mut input = R::read(&mut reader);
    reader.finish();
    if let (Some(slug), _) = R::slug_source(&mut input)
        && R::slug_is_taken(conn, slug, own)?
    {
        faults.push(Fault::at("/slug", FaultCode::Taken, "is already used by another"));
    }
    // Where the body is no object, that is the one fault; nothing was read that could be checked.
    if body.is_object() {
        R::check(conn, &mut input, own, &mut faults)?;
    }
    if faults.is_empty() { Ok(input) } else { Err(ApiError::validation(faults)) }
}

/// Adds what has a slug: the one that was entered, or else one that is made from the title, with a number behind it where it is
/// taken. `add` fails with [`Error::Taken`] where somebody else has just taken the slug; one that nobody entered is then made anew.
pub fn under_slug<T>(
    conn: &mut Conn,
    entered: Option<Slug>,
    title: &str,
    is_taken: impl Fn(&mut Conn, &Slug) -> Result<bool, Error>,
    mut add: impl FnMut(&mut Conn, Slug) -> Result<T, Error>,
) -> Result<T, Error> {
    if let Some(slug) = entered {
        return add(conn, slug);
    }
    for _ in 0..SLUG_ATTEMPTS {
        let slug = free_slug(title, |slug| is_taken(conn, slug))?;
        match add(conn, slug) {
            // Somebody else has come through, and what they took is seen now.
            Err(Error::Taken { .. }) => {}
            added => return added,
        }
    }
    Err(Error::Unavailable { cause: "others took one slug after the other".to_owned() })
}

/// How often a slug is made anew because somebody else has just taken it.
const SLUG_ATTEMPTS: usize = 50;

/// A slug made from a title, with a number behind it where it is taken.
fn free_slug(title: &str, mut is_taken: impl FnMut(&Slug) -> Result<bool, Error>) -> Result<Slug, Error> {
    let plain = Slug::from_title(title);
    if !is_taken(&plain)? {
        return Ok(plain);
    }
    for number in 2..=100 {
        let numbered = plain.numbered(number);
        if !is_taken(&numbered)? {
            return Ok(numbered);
        }
    }
    // A hundred of one name are a common name or an import gone wrong; a random number is free without asking on.
    let random = u32::try_from(uuid::Uuid::now_v7().as_u128() & 0x7fff_ffff).unwrap_or(u32::MAX);
    Ok(plain.numbered(random))
}

/// Refuses what the policy does not allow.
pub fn permit(actor: &Actor, action: Action) -> Result<(), ApiError> {
    if actor.may(action) { Ok(()) } else { Err(ApiError::forbidden()) }
}

/// The record of that id or slug.
pub fn find<R: Record>(conn: &mut Conn, key: &Key) -> Result<Versioned<R::Editor>, ApiError> {
    let record = R::find(conn, key)?;
    let Meta { version, id, .. } = record.meta();
    let input = record.input(conn)?;
    Ok(Versioned { version, id, value: record.editor(input) })
}

/// Changes a record by a merge patch. A patch that changes nothing keeps the version.
pub fn update<R: Record>(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch, patch: Value) -> Result<Versioned<R::Editor>, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    let now = acting.now;
    let old = R::find(conn, key)?;
    let meta = old.meta();
    check_version(conn, if_match, &seen(&meta))?;
    let old_input = old.input(conn)?;
    permit(&acting.actor, R::editing(&old_input))?;
    let merged = json::merge(serde_json::to_value(&old_input).map_err(ApiError::internal)?, patch);
    let mut input = read_checked::<R>(conn, &merged, Some(meta.id))?;
    permit(&acting.actor, R::editing(&input))?;
    let slug = R::slug_source(&mut input).0.get_or_insert_with(|| meta.slug.clone()).clone();
    let (id, version, old_slug) = (meta.id, meta.version, meta.slug.clone());
    if input == old_input {
        return Ok(Versioned { version, id, value: old.editor(input) });
    }
    let record =
        R::build(input.clone(), Meta { slug: slug.clone(), version: version + 1, updated_at: now, updated_by: Some(acting.actor.user_id), ..meta });
    let written = record.update(conn, version);
    not_overtaken(conn, written, version, |conn| seen_now::<R>(conn, id))?;
    if slug != old_slug {
        retired_slugs::retire(conn, R::KIND, id, &old_slug, &slug, now)?;
    }
    R::changed(conn, id, &old_input, &input)?;
    keep(conn, acting, &record, Some(&old_input), &mut input)?;
    Ok(Versioned { version: version + 1, id, value: record.editor(input) })
}

/// Changes a record, whatever its version, because something that it refers to has changed.
pub fn rewrite<R: Record>(conn: &mut Conn, acting: &Acting, id: AnyId, change: impl FnOnce(&mut R::In)) -> Result<(), ApiError> {
    let old = R::find(conn, &Key::Id(id))?;
    let (meta, old_input) = (old.meta(), old.input(conn)?);
    let mut input = old_input.clone();
    change(&mut input);
    if input == old_input {
        return Ok(());
    }
    let version = meta.version;
    let record = R::build(input.clone(), Meta { version: version + 1, updated_at: acting.now, updated_by: Some(acting.actor.user_id), ..meta });
    record.update(conn, version)?;
    keep(conn, acting, &record, Some(&old_input), &mut input)
}

/// Deletes a record that nothing refers to. Its revisions stay.
pub fn delete<R: Record>(conn: &mut Conn, acting: &Acting, key: &Key, if_match: &IfMatch) -> Result<(), ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    // Another may be about to become part of it.
    conn.take_turns(Turn::Names)?;
    let record = R::find(conn, key)?;
    let Meta { id, version, .. } = record.meta();
    check_version(conn, if_match, &seen(&record.meta()))?;
    let mut input = record.input(conn)?;
    permit(&acting.actor, R::editing(&input))?;
    if articles::is_awaited(conn, R::KIND, id)? {
        return Err(Error::InUse.into());
    }
    if R::is_shown(&input) {
        conn.note(NewChange { kind: R::KIND, entity_id: id, action: ChangeAction::Deleted, revision: version, changed_at: acting.now });
    }
    acting.audit(
        conn,
        Entry {
            action: format!("{}.delete", R::KIND),
            subject: R::KIND.word(),
            entity_id: Some(id),
            label: Some(R::slug_source(&mut input).1.to_owned()),
            before: Some(serde_json::to_value(&input).map_err(ApiError::internal)?),
            after: None,
        },
    )?;
    let written = record.delete(conn);
    not_overtaken(conn, written, version, |conn| seen_now::<R>(conn, id))
}

/// What the current version of something is.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    pub id: AnyId,
    pub version: i32,
    pub changed_at: Timestamp,
    pub changed_by: Option<UserId>,
}

/// What the version of a record is.
#[must_use]
pub fn seen(meta: &Meta) -> Seen {
    Seen { id: meta.id, version: meta.version, changed_at: meta.updated_at, changed_by: meta.updated_by }
}

fn seen_now<R: Record>(conn: &mut Conn, id: AnyId) -> Result<Seen, Error> {
    Ok(seen(&R::find(conn, &Key::Id(id))?.meta()))
}

/// Refuses a change that is meant for another version, and says what a client needs to merge.
pub fn check_version(conn: &mut Conn, if_match: &IfMatch, current: &Seen) -> Result<(), ApiError> {
    if if_match.matches(current.version) {
        return Ok(());
    }
    Err(stale(conn, if_match.seen(), current)?)
}

/// Passes on how writing over a version went. Whoever was overtaken between reading and writing is told the same as whoever
/// comes later still.
pub fn not_overtaken(
    conn: &mut Conn,
    written: Result<(), Error>,
    version: i32,
    find: impl FnOnce(&mut Conn) -> Result<Seen, Error>,
) -> Result<(), ApiError> {
    if !matches!(written, Err(Error::Stale)) {
        return Ok(written?);
    }
    let current = find(conn)?;
    Err(stale(conn, Some(version), &current)?)
}

/// The refusal of a change that was made on another version.
fn stale(conn: &mut Conn, version: Option<i32>, current: &Seen) -> Result<ApiError, Error> {
    let changed_by = match current.changed_by {
        Some(id) => users::names(conn, &[id])?.pop().map(|(_, name)| name),
        None => None,
    };
    let latest = match revisions::latest(conn, current.id) {
        Err(Error::NotFound) => None,
        found => Some(found?),
    };
    let base = match version {
        // A version that there is not yet, or never was, is of no revision.
        Some(version) if latest.is_some() && version > 0 && version < current.version => Some(revisions::at_version(conn, current.id, version)?),
        _ => None,
    };
    let differing = match (&base, &latest) {
        (Some(base), Some(latest)) => json::differing_members(&base.document.0, &latest.document.0),
        _ => Vec::new(),
    };
    Ok(ApiError::stale(CurrentVersion {
        version: current.version,
        changed_at: current.changed_at,
        changed_by,
        revision: latest.map(|latest| latest.number),
        base_revision: base.map(|base| base.number),
        differing,
    }))
}
