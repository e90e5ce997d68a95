//! Media: pictures and documents, from the upload to the addresses that readers get them under.

mod bucket;
mod files;
pub mod item;
pub mod picture_desk;
mod picture_pool;
mod range;
pub mod reference;
mod storage;
pub mod sweep;
mod upload;
mod view;

use crate::clock::Clock;
use crate::config::Config;
use crate::desk::{Seen, Versioned, check_version, permit};
use crate::error::{ApiError, ProblemCode, Use};
use crate::identity::Contributor;
use crate::opaque_tokens::hex_digest;
use crate::page::{PageOut, PageQuery, PageRequest, link_header};
use crate::record::FieldsQuery;
use crate::request::{BodyDigest, IfMatch, JsonBody, Query};
use crate::routing::Routes;
use crate::seal::Seal;
use crate::view::{desk_item, desk_list};
use crate::writing::{Acting, Desk, Entry, Written};
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, delete, get, patch, post};
use masthead_domain::change::ChangeAction;
use masthead_domain::column::{AnyId, Json};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::id::{MediaId, UserId};
use masthead_domain::json;
use masthead_domain::kind::Kind;
use masthead_domain::media::{ContentHash, MediaIn, MediaKind, file_name};
use masthead_domain::permission::Action;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_imaging::{Accepted, Refusal};
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::media::{Media, MediaFilter, MediaSort, MediaUse};
use masthead_store::media_files::MediaFile;
use masthead_store::page::SortKey;
use masthead_store::revisions::{self, Revision};
use masthead_store::{media, media_files};
use picture_desk::{Kept, ORIGINAL, PictureDesk};
use picture_pool::Haste;
use serde::Serialize;
use serde_json::Value;
use upload::{Intake, Received};
use utoipa::{IntoParams, ToSchema};
use view::EditorMedia;

/// A page of them.
#[derive(Serialize, ToSchema)]
pub struct EditorMediaList {
    pub data: Vec<EditorMedia>,
    pub page: PageOut,
}

/// A file with what is said of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "documents the form; it is read part by part")]
pub struct MediaUpload {
    /// JPEG, PNG, WebP, GIF or PDF, told by its bytes; its name is only a label.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    #[schema(max_length = 1000)]
    alt: Option<String>,
    #[schema(max_length = 2000)]
    caption: Option<String>,
    /// Taken from the file where absent and where it names its maker.
    #[schema(max_length = 300)]
    credit: Option<String>,
    #[schema(max_length = 200)]
    licence: Option<String>,
    /// BCP 47.
    #[schema(max_length = 35)]
    language: Option<String>,
}

/// The filters of the media.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the query; it is read parameter by parameter")]
struct MediaQuery {
    /// Only pictures, or only documents.
    #[param(inline)]
    kind: Option<MediaKind>,
    /// Only those with all these words, or parts of words, in name, alternative text, caption or credit.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only those that show the file of this SHA-256.
    #[param(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    hash: Option<String>,
    /// Only those that nothing shows: no article, no issue, and not the site.
    #[param(default = false)]
    unused: Option<bool>,
    /// Only those that this user added.
    #[param(value_type = Option<String>, format = Uuid)]
    created_by: Option<String>,
    /// Only those changed at or after this time.
    #[param(value_type = Option<String>, format = DateTime, pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$")]
    updated_since: Option<String>,
    /// The order; `-` means from high to low.
    #[param(inline)]
    sort: Option<MediaSortIn>,
    /// Only these members, separated by commas.
    #[param(max_length = 1000, pattern = "^[a-z_]+(,[a-z_]+)*$")]
    fields: Option<String>,
}

/// The orders of a list of media.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "documents the parameter; it is read from SORTS")]
enum MediaSortIn {
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-updated_at")]
    UpdatedAtDescending,
    #[serde(rename = "updated_at")]
    UpdatedAt,
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDescending,
}

const SORTS: [(&str, MediaSort); 6] = [
    ("-created_at", MediaSort::CreatedAt),
    ("created_at", MediaSort::CreatedAt),
    ("-updated_at", MediaSort::UpdatedAt),
    ("updated_at", MediaSort::UpdatedAt),
    ("name", MediaSort::Name),
    ("-name", MediaSort::Name),
];

/// The longest `q`, in characters, and the words that are looked for of it.
const Q_CHARACTERS_MAX: usize = 200;
const WORDS_MAX: usize = 10;

fn place(sort: MediaSort, row: &Media) -> (SortKey, AnyId) {
    let key = match sort {
        MediaSort::CreatedAt => SortKey::Time(row.created_at),
        MediaSort::UpdatedAt => SortKey::Time(row.updated_at),
        MediaSort::Name => SortKey::Text(row.name.clone()),
    };
    (key, AnyId(row.id.0))
}

fn read_filter(query: &mut Query) -> MediaFilter {
    let words = query.text("q").map(|text| {
        if text.chars().count() > Q_CHARACTERS_MAX {
            query.fault("q", FaultCode::TooLong, format!("must have at most {Q_CHARACTERS_MAX} characters"));
            return Vec::new();
        }
        let mut words = masthead_domain::search::words(&text);
        words.truncate(WORDS_MAX);
        words
    });
    let hash = query.text("hash").and_then(|text| {
        let hash = ContentHash::parse(&text);
        if hash.is_none() {
            query.fault("hash", FaultCode::InvalidFormat, "must be 64 hexadecimal digits in lower case");
        }
        hash
    });
    MediaFilter {
        kind: query.word("kind"),
        hash,
        words: words.unwrap_or_default(),
        created_by: query.uuid("created_by").map(UserId),
        updated_since: query.time("updated_since"),
        is_unused: query.boolean("unused"),
    }
}

/// List media to edit.
///
/// All pictures and documents, the newest first, with their versions.
#[utoipa::path(tag = "media", params(PageQuery, MediaQuery), responses((status = OK, description = "A page.", body = EditorMediaList)))]
#[get("/media")]
async fn list_editor_media(db: Data<Db>, seal: Data<Seal>, config: Data<Config>, _: Contributor, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorMedia::FIELDS);
    let (page, sort) = PageRequest::read(&mut query, &seal, &SORTS);
    let filter = read_filter(&mut query);
    let canonical = query.finish()?;
    let sort = sort.unwrap_or(MediaSort::CreatedAt);
    let wanted = page.page.clone();
    let listing = db.read(move |conn| media::list(conn, &filter, sort, &wanted)).await?;
    let page = page.out(&seal, &listing, |(row, _)| place(sort, row));
    let link = link_header(&canonical, &page);
    let data = listing.rows.into_iter().map(|found| EditorMedia::new(&config, found)).collect();
    desk_list(&EditorMediaList { data, page }, fields.as_deref(), link)
}

fn media_id(text: &str) -> Result<MediaId, ApiError> {
    MediaId::parse(text).ok_or_else(ApiError::not_found)
}

/// Find a media item to edit.
///
/// The item of that id, with its version.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id.", max_length = 36), FieldsQuery), responses((status = OK, description = "Found.", body = EditorMedia)))]
#[get("/media/{id}")]
async fn find_editor_media(db: Data<Db>, config: Data<Config>, _: Contributor, id: Path<String>, mut query: Query) -> Result<HttpResponse, ApiError> {
    let fields = query.words("fields", EditorMedia::FIELDS);
    query.finish()?;
    let id = media_id(&id)?;
    let found = db.read(move |conn| media::find(conn, id)).await?;
    desk_item(&versioned(&config, found), fields.as_deref())
}

fn versioned(config: &Config, found: media::MediaWithFile) -> Versioned<EditorMedia> {
    Versioned { version: found.0.version, id: AnyId(found.0.id.0), value: EditorMedia::new(config, found) }
}

/// Create a media item.
///
/// Uploads a file, in a form together with what is said of it, or as bytes alone, whose name may be given in
/// `Content-Disposition`. It is told by its bytes and checked through and through; location and device are taken out of
/// pictures, and their credit is read. The same file twice is kept once and has one address; each upload makes an item of its own.
#[utoipa::path(
    tag = "media",
    request_body(content((MediaUpload = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses((status = CREATED, description = "Added.", body = EditorMedia))
)]
#[post("/media")]
async fn create_media(
    desk: Desk<Contributor>,
    pictures: Data<PictureDesk>,
    config: Data<Config>,
    db: Data<Db>,
    clock: Data<Clock>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    permit(&desk.acting().actor, Action::CreateMedia)?;
    let _room = pictures.admit()?;
    let now = clock.now();
    let intake = Intake { folder: &pictures.incoming, now, bytes_max: config.upload_bytes_max };
    let Received { file, name, words } = intake.receive(&request, payload).await?;
    let mut content = read_words(&words)?;
    let limits = pictures.limits;
    let checked = pictures.pool.run(Haste::Editor, move || {
        let bytes = std::fs::read(file.path()).map_err(|error| ApiError::unavailable(format!("an upload cannot be read again: {error}")))?;
        let sent = hex_digest(&bytes);
        let accepted = masthead_imaging::accept(bytes, &limits).map_err(refused)?;
        let hash = ContentHash::parse(&hex_digest(&accepted.bytes)).ok_or_else(|| ApiError::internal("a digest is no hash"))?;
        Ok::<_, ApiError>((accepted, hash, sent))
    });
    let (accepted, hash, sent) = checked.await??;
    // What was sent, for those who send it again under the same key.
    request.extensions_mut().insert(BodyDigest(hex_digest(format!("{sent} {name} {words}").as_bytes())));
    content.credit = content.credit.or_else(|| accepted.credit.clone());
    content.name = name;
    let file = keep_file(&db, &pictures, accepted, hash, &content.name, now).await?;
    let kept = Kept { place: file.storage_key, media_type: file.media_type };
    let renditions = view::renditions(&file, None);
    let reply = desk.write(move |conn, acting| insert(conn, acting, &config, content, file)).await?;
    PictureDesk::make_ahead(pictures, kept, renditions);
    Ok(reply)
}

fn read_words(words: &Value) -> Result<MediaIn, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(words, &mut faults);
    let content = MediaIn::read_words(&mut reader);
    reader.finish();
    if faults.is_empty() { Ok(content) } else { Err(ApiError::validation(faults)) }
}

fn refused(refusal: Refusal) -> ApiError {
    let message = refusal.to_string();
    match refusal {
        Refusal::UnknownType => ApiError::new(ProblemCode::UnsupportedMediaType, format!("The file was not taken: {message}.")),
        Refusal::TooLarge(_) => ApiError::validation(vec![Fault::at("/file", FaultCode::TooLong, message)]),
        Refusal::Broken(_) | Refusal::Mixed(_) => ApiError::validation(vec![Fault::at("/file", FaultCode::InvalidFormat, message)]),
    }
}

/// Marks a file as wanted, and keeps it unless it is there.
async fn keep_file(
    db: &Db,
    pictures: &PictureDesk,
    accepted: Accepted,
    hash: ContentHash,
    name: &str,
    now: Timestamp,
) -> Result<MediaFile, ApiError> {
    let Accepted { media_type, bytes, size, frames, .. } = accepted;
    let (width, height) = size.unzip();
    let pixels = |side: Option<u32>| side.map(i32::try_from).transpose().map_err(ApiError::internal);
    let file = MediaFile {
        hash,
        storage_key: AnyId(uuid::Uuid::now_v7()),
        media_type,
        bytes: i64::try_from(bytes.len()).map_err(ApiError::internal)?,
        width: pixels(width)?,
        height: pixels(height)?,
        frames: i32::try_from(frames).map_err(ApiError::internal)?,
        file_name: file_name(name, media_type),
        created_at: now,
        touched_at: now,
    };
    let file = db.write(move |conn| media_files::reserve(conn, &file)).await?;
    if pictures.storage.open(file.storage_key, ORIGINAL).await?.is_none() {
        pictures.storage.put(file.storage_key, ORIGINAL, bytes).await?;
    }
    Ok(file)
}

fn insert(conn: &mut Conn, acting: &Acting, config: &Config, content: MediaIn, file: MediaFile) -> Result<Written, ApiError> {
    let (now, user_id) = (acting.now, acting.actor.user_id);
    let row = Media {
        id: MediaId::new(),
        version: 1,
        created_at: now,
        created_by: user_id,
        updated_at: now,
        updated_by: user_id,
        kind: file.media_type.kind(),
        name: content.name.clone(),
        hash: file.hash.clone(),
        searched: content.searched(),
        content: Json(content),
    };
    media::insert(conn, &row)?;
    // Nothing that readers see shows it yet.
    keep(conn, acting, &row, None)?;
    versioned(config, (row, file)).created("/v1/editor/media")
}

/// Keeps the revision of an item just written, and puts it into the audit log.
fn keep(conn: &mut Conn, acting: &Acting, row: &Media, old: Option<&MediaIn>) -> Result<(), ApiError> {
    let document = serde_json::to_value(&row.content.0).map_err(ApiError::internal)?;
    let before = old.map(serde_json::to_value).transpose().map_err(ApiError::internal)?;
    let verb = if old.is_none() { "create" } else { "update" };
    audit(conn, acting, row, verb, before, Some(document.clone()))?;
    let (entity_id, created_by) = (AnyId(row.id.0), Some(acting.actor.user_id));
    let document = Json(document);
    let revision = Revision { entity_id, number: row.version, kind: Kind::Media, version: row.version, document, created_at: acting.now, created_by };
    Ok(revisions::insert(conn, &revision)?)
}

fn audit(conn: &mut Conn, acting: &Acting, row: &Media, verb: &str, before: Option<Value>, after: Option<Value>) -> Result<(), ApiError> {
    let entry = Entry {
        action: format!("{}.{verb}", Kind::Media),
        subject: Kind::Media.word(),
        entity_id: Some(AnyId(row.id.0)),
        label: Some(row.name.clone()),
        before,
        after,
    };
    Ok(acting.audit(conn, entry)?)
}

/// The item that is to be changed, of the version that is meant, by somebody who may.
fn find_to_change(conn: &mut Conn, acting: &Acting, id: MediaId, if_match: &IfMatch) -> Result<media::MediaWithFile, ApiError> {
    let (row, file) = media::find(conn, id)?;
    permit(&acting.actor, Action::EditMedia { created_by: row.created_by })?;
    let seen = Seen { id: AnyId(id.0), version: row.version, changed_at: row.updated_at, changed_by: Some(row.updated_by) };
    check_version(conn, if_match, &seen)?;
    Ok((row, file))
}

/// Update a media item.
///
/// A merge patch (RFC 7396) of what is said of it: what is left out stays, null takes away. The file itself never changes;
/// another file is another item. A contributor changes their own.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id.", max_length = 36)), request_body = MediaIn, responses((status = OK, description = "Changed, or as it was.", body = EditorMedia)))]
#[patch("/media/{id}")]
async fn update_media(
    desk: Desk<Contributor>,
    config: Data<Config>,
    id: Path<String>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<HttpResponse, ApiError> {
    let id = media_id(&id)?;
    desk.write(move |conn, acting| update(conn, acting, &config, id, &if_match, body.0)?.ok()).await
}

fn update(
    conn: &mut Conn,
    acting: &Acting,
    config: &Config,
    id: MediaId,
    if_match: &IfMatch,
    patch: Value,
) -> Result<Versioned<EditorMedia>, ApiError> {
    let (old, file) = find_to_change(conn, acting, id, if_match)?;
    let merged = json::merge(serde_json::to_value(&old.content.0).map_err(ApiError::internal)?, patch);
    let mut faults = Vec::new();
    let mut reader = Reader::root(&merged, &mut faults);
    let content = MediaIn::read(&mut reader);
    reader.finish();
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    if content == old.content.0 {
        return Ok(versioned(config, (old, file)));
    }
    let row = Media {
        version: old.version + 1,
        updated_at: acting.now,
        updated_by: acting.actor.user_id,
        name: content.name.clone(),
        searched: content.searched(),
        content: Json(content),
        ..old.clone()
    };
    media::update(conn, old.version, &row)?;
    note(conn, acting, &row, ChangeAction::Updated);
    keep(conn, acting, &row, Some(&old.content.0))?;
    Ok(versioned(config, (row, file)))
}

fn note(conn: &mut Conn, acting: &Acting, row: &Media, action: ChangeAction) {
    conn.note(NewChange { kind: Kind::Media, entity_id: AnyId(row.id.0), action, revision: row.version, changed_at: acting.now });
}

/// How many uses are listed.
const USES_MAX: i64 = 100;

fn in_use(uses: Vec<MediaUse>) -> ApiError {
    let out = |MediaUse { by, id, title, role }| Use { kind: by, id, title, role };
    let uses: Vec<Use> = uses.into_iter().map(out).collect();
    let detail = "It is shown where `uses` says; take it out of there first.";
    ApiError { uses: Some(uses), ..ApiError::new(ProblemCode::InUse, detail) }
}

/// Delete a media item.
///
/// One that nothing shows: no article, neither in its latest revision nor in public nor in one that waits for its time, no issue, and
/// not the site; otherwise `uses` tells what does. Its file is not found any more, unless another item shows it; its bytes are cleared away a day later. A contributor deletes their own.
#[utoipa::path(tag = "media", params(("id" = String, Path, description = "Id.", max_length = 36)), responses((status = NO_CONTENT, description = "Deleted."), (status = CONFLICT, description = "Something shows it; `uses` lists what.")))]
#[delete("/media/{id}")]
async fn delete_media(desk: Desk<Contributor>, id: Path<String>, if_match: IfMatch) -> Result<HttpResponse, ApiError> {
    let id = media_id(&id)?;
    desk.write(move |conn, acting| {
        let (row, _) = find_to_change(conn, acting, id, &if_match)?;
        let uses = media::uses(conn, id, USES_MAX)?;
        if !uses.is_empty() {
            return Err(in_use(uses));
        }
        let before = serde_json::to_value(&row.content.0).map_err(ApiError::internal)?;
        note(conn, acting, &row, ChangeAction::Deleted);
        audit(conn, acting, &row, "delete", Some(before), None)?;
        media::delete(conn, row.version, id)?;
        Ok(Written::nothing())
    })
    .await
}

/// The routes of the editing side.
pub fn desk_routes(routes: &mut Routes) {
    routes.service(list_editor_media).service(find_editor_media).service(create_media).service(update_media).service(delete_media);
}

/// The files.
pub fn routes(routes: &mut Routes) {
    routes.service(files::find_media_file);
}
