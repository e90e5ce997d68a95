//! What editors see of a media item, and the addresses of files.

use crate::config::Config;
use masthead_domain::id::{MediaId, UserId};
use masthead_domain::media::{Crop, FocalPoint, MediaIn, MediaKind, MediaType, Rendition};
use masthead_domain::time::Timestamp;
use masthead_store::media::MediaWithFile;
use masthead_store::media_files::MediaFile;
use serde::Serialize;
use utoipa::ToSchema;

/// A picture in another size or shape.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RenditionOut {
    /// The shape that it was cut to around the focal point; absent for the whole picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// In pixels.
    #[schema(minimum = 1, maximum = 12_000, example = 640)]
    pub width: u32,
    /// In pixels.
    #[schema(minimum = 1, maximum = 12_000, example = 480)]
    pub height: u32,
    #[schema(format = Uri, example = "https://api.paper.example/media/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/w640.webp")]
    pub url: String,
    #[serde(rename = "type")]
    pub media_type: MediaType,
}

/// What an editor sees of a media item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditorMedia {
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21")]
    pub id: MediaId,
    /// Rises by one with each change; to be sent in `If-Match`.
    #[schema(minimum = 1, example = 3)]
    pub version: i32,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:30:00Z")]
    pub created_at: Timestamp,
    /// Who added it.
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub created_by: UserId,
    #[schema(value_type = String, format = DateTime, example = "2026-11-26T07:45:00Z")]
    pub updated_at: Timestamp,
    #[schema(value_type = String, format = Uuid, example = "01936d6c-7a10-7c3e-9d55-6b1f0e9a4c22")]
    pub updated_by: UserId,
    pub kind: MediaKind,
    #[serde(rename = "type")]
    pub media_type: MediaType,
    /// The size of the file as it is kept.
    #[schema(minimum = 1, example = 2_483_120)]
    pub bytes: i64,
    /// The SHA-256 of the file as it is kept, in hexadecimal. Items that show the same file have the same.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub hash: String,
    /// Of a picture, in pixels, as it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 12_000, example = 4000)]
    pub width: Option<u32>,
    /// Of a picture, in pixels, as it is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 12_000, example = 3000)]
    pub height: Option<u32>,
    /// Of an animation, how many pictures it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 2, maximum = 500, example = 12)]
    pub frames: Option<i32>,
    /// The address of the file, for ever the same.
    #[schema(format = Uri, example = "https://api.paper.example/media/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/ferry-at-dusk.jpg")]
    pub url: String,
    /// The picture smaller and cut, never larger than it is; none for documents and animations.
    #[schema(max_items = 40)]
    pub renditions: Vec<RenditionOut>,
    #[serde(flatten)]
    pub content: MediaIn,
}

impl EditorMedia {
    /// The members that `fields` may name.
    pub const FIELDS: &'static [&'static str] = &[
        "id",
        "version",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "kind",
        "type",
        "bytes",
        "hash",
        "width",
        "height",
        "frames",
        "url",
        "renditions",
        "name",
        "alt",
        "decorative",
        "caption",
        "credit",
        "licence",
        "language",
        "focal_point",
    ];

    #[must_use]
    pub fn new(config: &Config, (row, file): MediaWithFile) -> Self {
        let (width, height) = file.size().unzip();
        Self {
            id: row.id,
            version: row.version,
            created_at: row.created_at,
            created_by: row.created_by,
            updated_at: row.updated_at,
            updated_by: row.updated_by,
            kind: row.kind,
            media_type: file.media_type,
            bytes: file.bytes,
            hash: file.hash.to_string(),
            width,
            height,
            frames: Some(file.frames).filter(|frames| *frames > 1),
            url: address(config, &file, &file.file_name),
            renditions: rendition_list(config, &file, row.content.0.focal_point),
            content: row.content.0,
        }
    }
}

/// The public address of a file or of one of its renditions.
#[must_use]
pub fn address(config: &Config, file: &MediaFile, name: &str) -> String {
    format!("{}/media/{}/{name}", config.api_url, file.hash)
}

/// The renditions of a file; none of documents and animations.
#[must_use]
pub fn renditions(file: &MediaFile, focal_point: Option<FocalPoint>) -> Vec<Rendition> {
    match file.size() {
        Some(size) if file.frames == 1 => Rendition::all(file.media_type, size, focal_point),
        _ => Vec::new(),
    }
}

/// The renditions of a file, as they are shown.
#[must_use]
pub fn rendition_list(config: &Config, file: &MediaFile, focal_point: Option<FocalPoint>) -> Vec<RenditionOut> {
    let out = |one: Rendition| RenditionOut {
        crop: one.crop,
        width: one.width,
        height: one.height,
        url: address(config, file, &one.file_name()),
        media_type: one.media_type,
    };
    renditions(file, focal_point).into_iter().map(out).collect()
}
