//! Files for everyone who knows their address. The address of a file holds its hash, which nobody guesses and which never
//! stands for anything else: so it needs no login, and may be kept for ever.

use super::picture_desk::{Kept, ORIGINAL, PictureDesk};
use super::range::{Wanted, wanted};
use super::storage::Opened;
use super::view::renditions;
use crate::delivery::Paper;
use crate::error::ApiError;
use crate::reply::names_tag;
use crate::request::Query;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get};
use masthead_domain::media::{ContentHash, Crop, FocalPoint, MediaKind, MediaType, Rendition};
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::media_files::MediaFile;
use masthead_store::{media, media_files};
use std::sync::Arc;

/// The longest last part of an address; longer ones are nobody's.
const NAME_BYTES_MAX: usize = 120;

/// How many of the items that show one file are asked for their focal points.
const ITEMS_MAX: i64 = 50;

/// A file that media items show, and where they cut it.
pub struct Shown {
    file: MediaFile,
    focal_points: Vec<Option<FocalPoint>>,
}

impl Shown {
    fn read(conn: &mut Conn, hash: &ContentHash) -> Result<Self, Error> {
        let file = media_files::find_shown(conn, hash)?;
        let contents = media::contents_of_file(conn, hash, ITEMS_MAX)?;
        Ok(Self { file, focal_points: contents.into_iter().map(|content| content.0.focal_point).collect() })
    }

    /// The rendition of that name which some item has now.
    fn rendition(&self, name: &str) -> Option<Rendition> {
        // An item that was added since cuts around the middle.
        let focal_points = std::iter::once(&None).chain(&self.focal_points);
        focal_points.flat_map(|focal_point| renditions(&self.file, *focal_point)).find(|one| one.file_name() == name)
    }
}

/// The type of a rendition by its name.
fn type_of(name: &str) -> Option<MediaType> {
    let (_, extension) = name.rsplit_once('.')?;
    [MediaType::Webp, MediaType::Jpeg, MediaType::Png].into_iter().find(|media_type| media_type.extension() == extension)
}

async fn shown(paper: &Paper, desk: &PictureDesk, hash: ContentHash) -> Result<Arc<Shown>, ApiError> {
    let sequence = paper.db.generation().records_sequence();
    if let Some((_, shown)) = desk.shown.get(&hash).filter(|(of, _)| *of == sequence) {
        return Ok(shown);
    }
    let wanted = hash.clone();
    let shown = Arc::new(paper.db.read(move |conn| Shown::read(conn, &wanted)).await?);
    desk.shown.insert(hash, (sequence, Arc::clone(&shown)));
    Ok(shown)
}

/// The file itself, or the rendition of that name: made now where it is not there yet and an item has it. A crop around a
/// focal point that no item has any more is there as long as it was made before.
async fn find(desk: &PictureDesk, shown: &Shown, name: &str) -> Result<(Opened, MediaType), ApiError> {
    let file = &shown.file;
    if file.file_name == name {
        let opened = desk.storage.open(file.storage_key, ORIGINAL).await?;
        return Ok((opened.ok_or_else(|| ApiError::internal(format!("the file {} is missing", file.hash)))?, file.media_type));
    }
    let rendition = shown.rendition(name);
    let was_crop = || Crop::of_file_name(name).and_then(|_| type_of(name));
    let media_type = rendition.map(|one| one.media_type).or_else(was_crop).ok_or_else(ApiError::not_found)?;
    if let Some(opened) = desk.storage.open(file.storage_key, name).await? {
        return Ok((opened, media_type));
    }
    let rendition = rendition.ok_or_else(ApiError::not_found)?;
    desk.make(Kept { place: file.storage_key, media_type: file.media_type }, rendition).await?;
    let opened = desk.storage.open(file.storage_key, name).await?;
    Ok((opened.ok_or_else(|| ApiError::unavailable("a rendition has gone again"))?, media_type))
}

/// Get a file.
///
/// A picture or a document as it was uploaded, but for what described it, or one of its renditions; the addresses stand in
/// `url` of a media item and of its renditions. They never change their content. Parts are given for `Range`.
#[utoipa::path(
    tag = "media",
    params(
        ("hash" = String, Path, description = "The SHA-256 of the file, in hexadecimal.", min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$"),
        ("name" = String, Path, description = "The name of the file or of a rendition.", max_length = 120, pattern = r"^[a-z0-9-]+\.[a-z]+$"),
    ),
    responses(
        (status = OK, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = PARTIAL_CONTENT, description = "The part asked for.", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = RANGE_NOT_SATISFIABLE, description = "The part asked for lies outside of the file."),
    )
)]
#[get("/media/{hash}/{name}")]
async fn find_media_file(
    paper: Data<Paper>,
    desk: Data<PictureDesk>,
    path: Path<(String, String)>,
    request: HttpRequest,
    query: Query,
) -> Result<HttpResponse, ApiError> {
    query.finish()?;
    let (hash, name) = path.into_inner();
    let hash = ContentHash::parse(&hash).filter(|_| name.len() <= NAME_BYTES_MAX).ok_or_else(ApiError::not_found)?;
    let shown = shown(&paper, &desk, hash).await?;
    let (opened, media_type) = find(&desk, &shown, &name).await?;
    let tag = if name == shown.file.file_name { format!("\"{}\"", shown.file.hash) } else { format!("\"{}-{name}\"", shown.file.hash) };
    let size = opened.size;
    if names_tag(request.headers(), &tag) {
        return Ok(builder(StatusCode::NOT_MODIFIED, &shown, &tag).finish());
    }
    let (status, part) = match wanted(request.headers(), size, &tag) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Nothing => return Err(unsatisfiable(size)),
    };
    let mut reply = builder(status, &shown, &tag);
    if status == StatusCode::PARTIAL_CONTENT {
        reply.insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{size}", part.start, part.end.saturating_sub(1))));
    }
    // A document is kept, not shown: it may hold scripts of its own.
    let disposition = if media_type.kind() == MediaKind::Document { "attachment" } else { "inline" };
    reply.insert_header((header::CONTENT_DISPOSITION, format!("{disposition}; filename=\"{name}\"")));
    reply.content_type(media_type.to_string());
    Ok(reply.body(opened.body(part).await?))
}

fn builder(status: StatusCode, shown: &Shown, tag: &str) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    builder
        .insert_header((header::ETAG, tag))
        .insert_header((header::LAST_MODIFIED, shown.file.created_at.to_http_date()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    builder
}

fn unsatisfiable(size: u64) -> ApiError {
    use crate::error::ProblemCode;
    let error = ApiError::new(ProblemCode::RangeNotSatisfiable, format!("The file has {size} bytes."));
    match HeaderValue::from_str(&format!("bytes */{size}")) {
        Ok(value) => error.with_header(header::CONTENT_RANGE, value),
        Err(_) => error,
    }
}
