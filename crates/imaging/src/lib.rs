//! Uploaded files: told by their bytes, checked, freed of what nobody should see, decoded within bounds and made smaller.
//!
//! Bytes in, bytes out: no HTTP, no SQL, no file, no clock. Whatever a stranger has put together is read here and nowhere else.

mod container;
mod decode;
mod embedded;
mod gif;
mod jpeg;
mod pdf;
mod png;
mod render;
mod trailing;
mod webp_container;

pub use render::Picture;

use container::Container;
use masthead_domain::media::MediaType;

/// What may be decoded; beyond it nothing is even begun.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest side of a picture, in pixels.
    pub side_max: u32,
    /// The pixels of a picture, and so of one frame.
    pub pixels_max: u64,
    /// The memory that one decoded picture may take, in bytes.
    pub decoded_bytes_max: u64,
    /// The frames of an animation.
    pub frames_max: u32,
    /// The pixels of all frames of an animation together.
    pub frame_pixels_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { side_max: 12_000, pixels_max: 50_000_000, decoded_bytes_max: 256 << 20, frames_max: 500, frame_pixels_max: 200_000_000 }
    }
}

/// Why a file is not taken; each says what a person can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not of a type that is taken.
    UnknownType,
    /// Of such a type, but damaged, cut off, or not what it says.
    Broken(String),
    /// A file of one type with another one inside or behind it.
    Mixed(String),
    /// Larger than the limits.
    TooLarge(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownType => f.write_str("only JPEG, PNG, WebP, GIF and PDF files are taken, by what they hold and not by their name"),
            Self::Broken(cause) => write!(f, "the file is damaged or cut off: {cause}"),
            Self::Mixed(cause) => write!(f, "the file is more than one thing at once: {cause}"),
            Self::TooLarge(cause) => write!(f, "the picture is too large: {cause}"),
        }
    }
}

impl std::error::Error for Refusal {}

fn broken(cause: impl std::fmt::Display) -> Refusal {
    Refusal::Broken(cause.to_string())
}

/// A file that is fit to be kept and shown.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub media_type: MediaType,
    /// What is kept: without location, device and other data about how it was made.
    pub bytes: Vec<u8>,
    /// Of a picture, as it is seen.
    pub size: Option<(u32, u32)>,
    /// Of an animation more than one; of a document none.
    pub frames: u32,
    /// Whom the file itself names as its maker.
    pub credit: Option<String>,
}

/// The type of a file, by its first bytes alone.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Option<MediaType> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(MediaType::Jpeg)
    } else if bytes.starts_with(png::SIGNATURE) {
        Some(MediaType::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(MediaType::Webp)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(MediaType::Gif)
    } else if bytes.starts_with(b"%PDF-") {
        Some(MediaType::Pdf)
    } else {
        None
    }
}

/// Checks a file through and through, and gives what of it is kept.
///
/// Where a picture stands upright as it is, its pixels are kept as they came and only what describes it is taken out;
/// otherwise it is turned and written anew.
///
/// # Errors
/// Why it is not taken.
pub fn accept(bytes: Vec<u8>, limits: &Limits) -> Result<Accepted, Refusal> {
    let media_type = sniff(&bytes).ok_or(Refusal::UnknownType)?;
    let container = match media_type {
        MediaType::Jpeg => jpeg::read(&bytes)?,
        MediaType::Png => png::read(&bytes)?,
        MediaType::Webp => webp_container::read(&bytes)?,
        MediaType::Gif => gif::read(&bytes)?,
        MediaType::Pdf => {
            pdf::check(&bytes)?;
            return Ok(Accepted { media_type, bytes, size: None, frames: 0, credit: None });
        }
    };
    trailing::check(container.trailing)?;
    let credit = embedded::credit(&container);
    let orientation = container.exif.and_then(embedded::orientation).unwrap_or(1);
    let Container { kept, frames, .. } = container;
    if frames > 1 {
        let size = decode::check_frames(media_type, &kept, frames, limits)?;
        return Ok(Accepted { media_type, bytes: kept, size: Some(size), frames, credit });
    }
    let picture = Picture::decode(media_type, &kept, limits)?;
    if orientation == 1 {
        return Ok(Accepted { media_type, size: Some(picture.size()), bytes: kept, frames: 1, credit });
    }
    let upright = picture.turned(orientation);
    Ok(Accepted { media_type, size: Some(upright.size()), bytes: upright.encode(media_type, render::QUALITY_KEPT)?, frames: 1, credit })
}
