//! WebP (RFC 9649): chunks in a RIFF file.

use crate::container::{Container, Cursor, PROFILE_BYTES_MAX, length};
use crate::{Refusal, broken};

/// The chunks that make the picture.
const KEPT: [&[u8]; 6] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];

// Bits of the first byte of VP8X.
const HAS_PROFILE: u8 = 0x20;
const HAS_ALPHA: u8 = 0x10;
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

/// Takes a file apart.
pub fn read(bytes: &[u8]) -> Result<Container<'_>, Refusal> {
    let mut file = Cursor(bytes);
    file.take(4)?;
    let size = length(file.u32_little()?);
    let mut cursor = Cursor(file.take(size)?);
    let mut container = Container { trailing: file.0, ..Container::default() };
    cursor.take(4)?;
    let (mut chunks, mut has_profile) = (Vec::with_capacity(bytes.len()), false);
    while !cursor.0.is_empty() {
        let name = cursor.take(4)?;
        let size = length(cursor.u32_little()?);
        let data = cursor.take(size)?;
        if size % 2 == 1 {
            cursor.take(1)?;
        }
        match name {
            b"EXIF" => container.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"XMP " => container.xmp = Some(data),
            b"ICCP" if size <= PROFILE_BYTES_MAX => {
                has_profile = true;
                chunk(&mut chunks, name, data);
            }
            _ if KEPT.contains(&name) => {
                container.frames = container.frames.saturating_add(u32::from(name == b"ANMF"));
                chunk(&mut chunks, name, data);
            }
            _ => {}
        }
    }
    if chunks.is_empty() {
        return Err(broken("it holds no picture"));
    }
    if chunks.starts_with(b"VP8X")
        && let Some(flags) = chunks.get_mut(8)
    {
        *flags &= !(HAS_EXIF | HAS_XMP);
        if !has_profile {
            *flags &= !HAS_PROFILE;
        }
    }
    container.frames = container.frames.max(1);
    container.kept = riff(&chunks)?;
    Ok(container)
}

/// Gives a picture that has just been encoded its colour profile.
pub fn with_profile(encoded: &[u8], profile: &[u8], (width, height): (u32, u32)) -> Result<Vec<u8>, Refusal> {
    let mut cursor = Cursor(encoded);
    cursor.take(12)?;
    let mut chunks = Vec::with_capacity(encoded.len().saturating_add(profile.len()));
    let head = if cursor.0.starts_with(b"VP8X") {
        let mut head = cursor.take(18)?.get(8..).unwrap_or_default().to_vec();
        if let Some(flags) = head.first_mut() {
            *flags |= HAS_PROFILE;
        }
        head
    } else {
        // Of a lossless picture the bit after the size says whether it has alpha; the encoder here writes none but with VP8X.
        let mut head = vec![HAS_PROFILE, 0, 0, 0];
        head.extend(width.saturating_sub(1).to_le_bytes().into_iter().take(3));
        head.extend(height.saturating_sub(1).to_le_bytes().into_iter().take(3));
        if cursor.0.starts_with(b"VP8L")
            && let Some(flags) = head.first_mut()
        {
            *flags |= HAS_ALPHA;
        }
        head
    };
    chunk(&mut chunks, b"VP8X", &head);
    chunk(&mut chunks, b"ICCP", profile);
    chunks.extend_from_slice(cursor.0);
    riff(&chunks)
}

fn chunk(out: &mut Vec<u8>, name: &[u8], data: &[u8]) {
    // Both bounded by the size of an upload.
    let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(name);
    out.extend(size.to_le_bytes());
    out.extend_from_slice(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}

fn riff(chunks: &[u8]) -> Result<Vec<u8>, Refusal> {
    let size = u32::try_from(chunks.len().saturating_add(4)).map_err(|_| broken("it is too long for its format"))?;
    let mut file = Vec::with_capacity(chunks.len().saturating_add(12));
    file.extend_from_slice(b"RIFF");
    file.extend(size.to_le_bytes());
    file.extend_from_slice(b"WEBP");
    file.extend_from_slice(chunks);
    Ok(file)
}
