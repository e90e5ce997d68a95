//! Redirects of the website's addresses: what editors enter, one by one or a thousand at once, and what a frontend asks.

use crate::delivery::{Answer, Delivery};
use crate::desk::{Seen, Versioned, check_version, permit};
use crate::error::ApiError;
use crate::identity::{Contributor, Editor};
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::FieldsQuery;
use crate::request::{IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete, get, patch, post, put};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{RedirectId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::redirect::{BULK_MAX, Lead, Redirect as Entered, STATUSES, SitePath, Target, follow};
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::dialect::{Conn, Turn};
use masthead_store::error::Error;
use masthead_store::page::SortKey;
use masthead_store::redirects::{self, RedirectSort};
use masthead_store::revisions::{self, Revision};
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, ToSchema};

/// What an editor enters for a redirect.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RedirectIn {
    /// A path of the website, with its query where that tells pages apart. A slash at its end makes no difference.
    #[schema(min_length = 1, max_length = 2000, pattern = "^/", example = "/2012/05/the-last-ferry")]
    pub from: String,
    /// A path of the website or an absolute address; absent where the address is gone. One that leads on itself is followed to
    /// its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000, example = "/articles/the-last-ferry")]
    pub to: Option<String>,
    /// 301 or 308 for good, 302 for a while, 410 for what is gone.
    #[schema(value_type = RedirectStatus, default = 301, example = 301)]
    pub status: i32,
}

/// What a redirect answers with; documents the number.
struct RedirectStatus;

impl utoipa::PartialSchema for RedirectStatus {
    fn schema() -> RefOr<Schema> {
        let words = "301 or 308 for good, 302 for a while, 410 for what is gone.";
        ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some(STATUSES)).description(Some(words)).into()
    }
}

impl ToSchema for RedirectStatus {}

/// Many redirects.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the body; it is read member by member")]
struct RedirectsIn {
    #[schema(min_items = 1, max_items = 1000)]
    redirects: Vec<RedirectIn>,
}

/// What an editor sees of a redirect.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorRedirect {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c2b")]
    pub id: RedirectId,
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
    #[serde(flatten)]
    pub content: RedirectIn,
}

/// A page of redirects to edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorRedirectList {
    pub data: Vec<EditorRedirect>,
    pub page: PageOut,
}

/// What became of many redirects.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedirectsOut {
    #[schema(minimum = 0, maximum = 1000, example = 998)]
    pub created: usize,
    #[schema(minimum = 0, maximum = 1000, example = 2)]
    pub updated: usize,
    /// Those that were there as they are.
    #[schema(minimum = 0, maximum = 1000, example = 0)]
    pub unchanged: usize,
    /// In the order of the request.
    pub data: Vec<EditorRedirect>,
}

/// The members of an editing representation that `fields` may name.
const EDITOR_FIELDS: &[&str] = &["id", "version", "created_at", "updated_at", "updated_by", "from", "to", "status"];

/// Where an address of the website leads.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Redirect {
    /// The path in its one spelling.
    #[schema(example = "/2012/05/the-last-ferry")]
    pub from: String,
    /// A path of the website or an absolute address, never one that leads on; absent where the address is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/articles/the-last-ferry")]
    pub to: Option<String>,
    /// What the website should answer with.
    #[schema(value_type = RedirectStatus, example = 301)]
    pub status: i32,
}

impl Redirect {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &["from", "to", "status"];

    fn of(row: redirects::Redirect) -> Self {
        Self { from: row.source, to: row.target, status: row.status }
    }
}

/// A page of redirects.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedirectList {
    pub data: Vec<Redirect>,
    pub page: PageOut,
}

fn to_input(row: &redirects::Redirect) -> RedirectIn {
    RedirectIn { from: row.source.clone(), to: row.target.clone(), status: row.status }
}

fn shown(row: &redirects::Redirect) -> EditorRedirect {
    EditorRedirect {
        id: row.id,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        updated_by: row.updated_by,
        content: to_input(row),
    }
}

fn versioned(row: &redirects::Redirect) -> Versioned<EditorRedirect> {
    Versioned { version: row.version, id: AnyId(row.id.0), value: shown(row) }
}

fn key(text: &str) -> Result<RedirectId, ApiError> {
    RedirectId::parse(text).ok_or_else(ApiError::not_found)
}

/// A redirect to be written, with the pointer to it in the body.
struct Wanted {
    pointer: String,
    /// The row that it is written over, where that is settled already.
    over: Option<redirects::Redirect>,
    entered: Entered,
}

/// What a stored redirect does.
fn lead_of(row: &redirects::Redirect) -> Result<(SitePath, Lead), ApiError> {
    let source = SitePath::parse(&row.source).map_err(ApiError::internal)?;
    let target = row.target.as_deref().map(Target::parse).transpose().map_err(ApiError::internal)?;
    Ok((source, Lead { target, status: row.status }))
}

/// What the wanted redirects will do, and those that they lead to.
fn leads(conn: &mut Conn, wanted: &[Wanted], faults: &mut Vec<Fault>) -> Result<HashMap<SitePath, Lead>, ApiError> {
    let mut leads: HashMap<SitePath, Lead> = HashMap::new();
    for one in wanted {
        if leads.insert(one.entered.source.clone(), one.entered.lead.clone()).is_some() {
            faults.push(Fault::at(format!("{}/from", one.pointer), FaultCode::Repeated, "stands in the list twice"));
        }
    }
    let replaced: HashSet<RedirectId> = wanted.iter().filter_map(|one| one.over.as_ref()).map(|row| row.id).collect();
    let mut looked_for: HashSet<SitePath> = HashSet::new();
    loop {
        let targets = leads.values().filter_map(|lead| lead.target.as_ref()?.path.clone());
        let next: Vec<SitePath> = targets.filter(|path| !leads.contains_key(path) && !looked_for.contains(path)).collect();
        if next.is_empty() {
            return Ok(leads);
        }
        for row in redirects::by_sources(conn, &next.iter().map(SitePath::as_str).collect::<Vec<_>>())? {
            if !replaced.contains(&row.id) {
                let (source, lead) = lead_of(&row)?;
                leads.insert(source, lead);
            }
        }
        looked_for.extend(next);
    }
}

/// How many were made, changed and left as they were, and all of them as they are now.
#[derive(Default)]
struct Outcome {
    created: usize,
    updated: usize,
    unchanged: usize,
    rows: Vec<redirects::Redirect>,
}

/// Writes redirects, over those from the same paths, so that none leads to another: those that lead to them lead on too.
fn put_all(conn: &mut Conn, acting: &Acting, wanted: &[Wanted], mut faults: Vec<Fault>) -> Result<Outcome, ApiError> {
    let leads = leads(conn, wanted, &mut faults)?;
    let mut ends: Vec<Lead> = Vec::with_capacity(wanted.len());
    for one in wanted {
        match follow(&one.entered.source, &one.entered.lead, &leads) {
            Some(end) => ends.push(end),
            None => faults.push(Fault::at(format!("{}/to", one.pointer), FaultCode::Circular, "leads back to where it begins")),
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    let sources: Vec<&str> = wanted.iter().map(|one| one.entered.source.as_str()).collect();
    let mut standing: HashMap<String, redirects::Redirect> =
        redirects::by_sources(conn, &sources)?.into_iter().map(|row| (row.source.clone(), row)).collect();
    let upstream = redirects::by_target_paths(conn, &sources)?;
    let mut outcome = Outcome::default();
    for (one, end) in wanted.iter().zip(&ends) {
        let old = one.over.clone().or_else(|| standing.remove(one.entered.source.as_str()));
        let row = write(conn, acting, old.as_ref(), &one.entered.source, end)?;
        match old {
            None => outcome.created += 1,
            Some(old) if old == row => outcome.unchanged += 1,
            Some(_) => outcome.updated += 1,
        }
        outcome.rows.push(row);
    }
    let written: HashSet<RedirectId> = outcome.rows.iter().map(|row| row.id).collect();
    for row in upstream.iter().filter(|row| !written.contains(&row.id)) {
        let (source, lead) = lead_of(row)?;
        let end = follow(&source, &lead, &leads).ok_or_else(|| ApiError::internal(format!("the redirect from {source} leads in a circle")))?;
        write(conn, acting, Some(row), &source, &end)?;
    }
    Ok(outcome)
}

/// Writes one redirect over another or as a new one, keeps its revision and notes the change.
fn write(
    conn: &mut Conn,
    acting: &Acting,
    old: Option<&redirects::Redirect>,
    source: &SitePath,
    end: &Lead,
) -> Result<redirects::Redirect, ApiError> {
    let now = acting.now;
    let target_path = end.target.as_ref().and_then(|target| target.path.as_ref()).map(ToString::to_string);
    let row = redirects::Redirect {
        id: old.map_or_else(RedirectId::new, |old| old.id),
        version: old.map_or(1, |old| old.version + 1),
        created_at: old.map_or(now, |old| old.created_at),
        updated_at: now,
        updated_by: Some(acting.actor.user_id),
        source: source.to_string(),
        target: end.target.as_ref().map(|target| target.address.clone()),
        target_path,
        status: end.status,
    };
    match old {
        Some(old) if to_input(old) == to_input(&row) => return Ok(old.clone()),
        Some(old) => redirects::update(conn, old.version, &row)?,
        None => redirects::insert(conn, &row)?,
    }
    let document = to_value(&row)?;
    let (id, version, created_by) = (AnyId(row.id.0), row.version, Some(acting.actor.user_id));
    let revision =
        Revision { entity_id: id, number: version, kind: Kind::Redirect, version, document: Json(document.clone()), created_at: now, created_by };
    revisions::insert(conn, &revision)?;
    let (action, verb) = if old.is_none() { (ChangeAction::Created, "create") } else { (ChangeAction::Updated, "update") };
    conn.note(NewChange { kind: Kind::Redirect, entity_id: id, action, revision: version, changed_at: now });
    audit(conn, acting, verb, &row, old.map(to_value).transpose()?, Some(document))?;
    Ok(row)
}

fn to_value(row: &redirects::Redirect) -> Result<Value, ApiError> {
    serde_json::to_value(to_input(row)).map_err(ApiError::internal)
}

fn audit(conn: &mut Conn, acting: &Acting, verb: &str, row: &redirects::Redirect, before: Option<Value>, after: Option<Value>) -> Result<(), Error> {
    let action = format!("{}.{verb}", Kind::Redirect);
    let (entity_id, label) = (Some(AnyId(row.id.0)), Some(row.source.clone()));
    acting.audit(conn, Entry { action, subject: Kind::Redirect.word(), entity_id, label, before, after })
}

/// Reads one redirect, with what is wrong with it.
fn read(value: &Value) -> (Option<Entered>, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let entered = Entered::read(&mut reader);
    reader.finish();
    (entered.filter(|_| value.is_object()), faults)
}

fn create(conn: &mut Conn, acting: &Acting, value: &Value) -> Result<Versioned<EditorRedirect>, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    conn.take_turns(Turn::Structure)?;
    let (entered, mut faults) = read(value);
    if let Some(entered) = &entered
        && !redirects::by_sources(conn, &[entered.source.as_str()])?.is_empty()
    {
        faults.push(Fault::at("/from", FaultCode::Taken, "leads somewhere already"));
    }
    put_one(conn, acting, entered, None, faults)
}

fn put_one(
    conn: &mut Conn,
    acting: &Acting,
    entered: Option<Entered>,
    over: Option<redirects::Redirect>,
    faults: Vec<Fault>,
) -> Result<Versioned<EditorRedirect>, ApiError> {
    let wanted: Vec<Wanted> = entered.into_iter().map(|entered| Wanted { pointer: String::new(), over: over.clone(), entered }).collect();
    let written = put_all(conn, acting, &wanted, faults)?;
    written.rows.first().map(versioned).ok_or_else(|| ApiError::internal("a redirect was not written"))
}

fn update(conn: &mut Conn, acting: &Acting, id: RedirectId, if_match: &IfMatch, patch: Value) -> Result<Versioned<EditorRedirect>, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    conn.take_turns(Turn::Structure)?;
    let old = redirects::find(conn, id)?;
    check_version(conn, if_match, &seen(&old))?;
    let merged = json::merge(to_value(&old)?, patch);
    let (entered, mut faults) = read(&merged);
    if let Some(entered) = &entered
        && redirects::by_sources(conn, &[entered.source.as_str()])?.iter().any(|other| other.id != id)
    {
        faults.push(Fault::at("/from", FaultCode::Taken, "leads somewhere already"));
    }
    put_one(conn, acting, entered, Some(old), faults)
}

fn seen(row: &redirects::Redirect) -> Seen {
    Seen { id: AnyId(row.id.0), version: row.version, changed_at: row.updated_at, changed_by: row.updated_by }
}

fn replace(conn: &mut Conn, acting: &Acting, value: &Value) -> Result<RedirectsOut, ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    conn.take_turns(Turn::Structure)?;
    let mut faults = Vec::new();
    let mut reader = Reader::root(value, &mut faults);
    let mut index = 0;
    let wanted: Vec<Wanted> = reader.objects("redirects", BULK_MAX, |one| {
        let pointer = format!("/redirects/{index}");
        index += 1;
        Entered::read(one).map(|entered| Wanted { pointer, over: None, entered })
    });
    if index == 0 && !reader.has_fault("redirects") && value.is_object() {
        reader.fault("redirects", FaultCode::Required, "must have at least one redirect");
    }
    reader.finish();
    let Outcome { created, updated, unchanged, rows } = put_all(conn, acting, &wanted, faults)?;
    Ok(RedirectsOut { created, updated, unchanged, data: rows.iter().map(shown).collect() })
}

fn delete(conn: &mut Conn, acting: &Acting, id: RedirectId, if_match: &IfMatch) -> Result<(), ApiError> {
    permit(&acting.actor, Action::EditRecords)?;
    conn.take_turns(Turn::Structure)?;
    let row = redirects::find(conn, id)?;
    check_version(conn, if_match, &seen(&row))?;
    let change =
        NewChange { kind: Kind::Redirect, entity_id: AnyId(id.0), action: ChangeAction::Deleted, revision: row.version, changed_at: acting.now };
    conn.note(change);
    audit(conn, acting, "delete", &row, Some(to_value(&row)?), None)?;
    Ok(redirects::delete(conn, row.version, id)?)
}

/// The filters of the redirects.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct RedirectQuery {
    /// Only those changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means from high to low.
    #[param(inline)]
    sort: Option<RedirectSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of redirects.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum RedirectSortIn {
    #[serde(rename = "from")]
    From,
    #[serde(rename = "-from")]
    FromDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
}

const SORTS: [(&str, RedirectSort); 4] = [
    ("from", RedirectSort::Source),
    ("-from", RedirectSort::Source),
    ("updated_at", RedirectSort::UpdatedAt),
    ("-updated_at", RedirectSort::UpdatedAt),
];

fn place_of(sort: RedirectSort, row: &redirects::Redirect) -> (SortKey, AnyId) {
    let key = match sort {
        RedirectSort::Source => SortKey::Text(row.source.clone()),
        RedirectSort::UpdatedAt => SortKey::Time(row.updated_at),
    };
    (key, AnyId(row.id.0))
}

/// List redirects.
///
/// All redirects by their paths, for a frontend that keeps a table of its own.
#[utoipa::path(tag = "redirects", params(PageQuery, RedirectQuery), responses((status = OK, description = "A page.", body = RedirectList)))]
#[get("/redirects")]
async fn list_redirects(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", Redirect::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, delivery.seal(), &SORTS);
    let updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(RedirectSort::Source);
    delivery
        .answer(canonical, move |reading| {
            let listing = redirects::list(reading.conn, updated_since, sort, &page.page)?;
            reading.uses_all(Kind::Redirect)?;
            let out = page.out(&reading.paper.seal, &listing, |row| place_of(sort, row));
            let link = link_header(reading.request, &out);
            let last_modified = listing.rows.iter().map(|row| row.updated_at).max();
            let list = RedirectList { data: listing.rows.into_iter().map(Redirect::of).collect(), page: out };
            Answer::list(&list, fields.as_deref(), last_modified, link)
        })
        .await
}

/// Which address is looked up.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct LookupQuery {
    /// The path that a reader asked the website for, with its query if it had one, percent-encoded as a whole.
    #[param(max_length = 2000, pattern = "^/", example = "/2012/05/the-last-ferry/")]
    path: String,
}

/// Find the redirect of an address.
///
/// For a website that has no page at an address: where it leads and with which status, or 404 where there is no redirect. One of
/// the path with its query comes before one of the path alone.
#[utoipa::path(tag = "redirects", params(LookupQuery), responses((status = OK, description = "It leads there, or is gone.", body = Redirect), (status = NOT_FOUND)))]
#[get("/redirects/lookup")]
async fn find_redirect(delivery: Delivery, mut query: Query) -> Result<HttpResponse, ApiError> {
    let path = match query.text("path").as_deref().map(SitePath::parse) {
        None => {
            query.fault("path", FaultCode::Required, "is required");
            None
        }
        Some(Err(message)) => {
            query.fault("path", FaultCode::InvalidFormat, message);
            None
        }
        Some(Ok(path)) => {
            query.respell("path", path.to_string());
            Some(path)
        }
    };
    let canonical = query.finish()?;
    let path = path.ok_or_else(ApiError::not_found)?;
    delivery
        .answer(canonical, move |reading| {
            // One may be added that fits better.
            reading.uses_all(Kind::Redirect)?;
            let found = match (redirects::find_by_source(reading.conn, path.as_str()), path.without_query()) {
                (Err(Error::NotFound), Some(shorter)) => redirects::find_by_source(reading.conn, shorter.as_str()),
                (found, _) => found,
            };
            let row = found?;
            reading.uses(Kind::Redirect, AnyId(row.id.0));
            let updated_at = row.updated_at;
            Answer::item(&Redirect::of(row), None, updated_at)
        })
        .await
}

/// List redirects to edit.
///
/// All redirects by their paths, with their versions.
#[utoipa::path(tag = "redirects", params(PageQuery, RedirectQuery), responses((status = OK, description = "A page.", body = EditorRedirectList)))]
#[get("/redirects")]
async fn list_editor_redirects(db: Data<Db>, seal: Data<Seal>, _: Contributor, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let updated_since = query.time("updated_since");
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(RedirectSort::Source);
    let wanted = page.page.clone();
    let listing = db.read(move |conn| redirects::list(conn, updated_since, sort, &wanted)).await?;
    let page = page.out(&seal, &listing, |row| place_of(sort, row));
    let link = link_header(&canonical, &page);
    let data = listing.rows.iter().map(shown).collect();
    desk_list(&EditorRedirectList { data, page }, fields.as_deref(), link)
}

/// Find a redirect to edit.
///
/// The redirect of that id, with its version.
#[utoipa::path(tag = "redirects", params(("id" = String, Path, description = "Id.", max_length = 36), FieldsQuery), responses((status = OK, description = "Found.", body = EditorRedirect)))]
#[get("/redirects/{id}")]
async fn find_editor_redirect(db: Data<Db>, _: Contributor, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EDITOR_FIELDS);
    query.finish()?;
    let id = key(&id)?;
    let row = db.read(move |conn| redirects::find(conn, id)).await?;
    desk_item(&versioned(&row), fields.as_deref())
}

/// Create a redirect.
///
/// Refused where there is one from that path, and where it would lead back to where it begins. One that leads to another is
/// led to the end of that, and those that lead to this one are led on.
#[utoipa::path(tag = "redirects", request_body = RedirectIn, responses((status = CREATED, description = "Added.", body = EditorRedirect)))]
#[post("/redirects")]
async fn create_redirect(desk: Desk<Editor>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| create(conn, acting, &body.0)?.created("/v1/editor/redirects")).await
}

/// Replace many redirects.
///
/// Up to 1,000, all or none: those from paths that have one take its place, the others are added, and what is not named stays.
/// Every fault is named by the index of its redirect.
#[utoipa::path(tag = "redirects", request_body = RedirectsIn, extensions(("x-unversioned" = json!(true))), responses((status = OK, description = "All are in place.", body = RedirectsOut)))]
#[put("/redirects")]
async fn replace_redirects(desk: Desk<Editor>, body: JsonBody) -> Result<HttpResponse, ApiError> {
    desk.write(move |conn, acting| Written::json(StatusCode::OK, &replace(conn, acting, &body.0)?)).await
}

/// Update a redirect.
///
/// A merge patch (RFC 7396): what is left out stays, null takes away.
#[utoipa::path(tag = "redirects", params(("id" = String, Path, description = "Id.", max_length = 36)), request_body = RedirectIn, responses((status = OK, description = "Changed, or as it was.", body = EditorRedirect)))]
#[patch("/redirects/{id}")]
async fn update_redirect(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch, body: JsonBody) -> Result<HttpResponse, ApiError> {
    let id = key(&id)?;
    desk.write(move |conn, acting| update(conn, acting, id, &if_match, body.0)?.ok()).await
}

/// Delete a redirect.
///
/// Its revisions stay.
#[utoipa::path(tag = "redirects", params(("id" = String, Path, description = "Id.", max_length = 36)), responses((status = NO_CONTENT, description = "Deleted.")))]
#[delete("/redirects/{id}")]
async fn delete_redirect(desk: Desk<Editor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let id = key(&id)?;
    desk.write(move |conn, acting| {
        delete(conn, acting, id, &if_match)?;
        Ok(Written::nothing())
    })
    .await
}

/// The routes of the delivery side.
pub fn routes(routes: &mut Routes) {
    routes.service(list_redirects).service(find_redirect);
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes
        .service(list_editor_redirects)
        .service(find_editor_redirect)
        .service(create_redirect)
        .service(replace_redirects)
        .service(update_redirect)
        .service(delete_redirect);
}
