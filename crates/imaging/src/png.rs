//! PNG (ISO 15948): chunks in a row, each with its name.

use crate::container::{Container, Cursor, PROFILE_BYTES_MAX, length};
use crate::{Refusal, broken};

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunks that make the picture and its colours. Those of an animation are not among them: its first picture stands alone.
const KEPT: [&[u8]; 12] = [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"sBIT", b"bKGD", b"pHYs"];

const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

/// Takes a file apart.
pub fn read(bytes: &[u8]) -> Result<Container<'_>, Refusal> {
    let mut cursor = Cursor(bytes);
    let mut container = Container { frames: 1, ..Container::default() };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(cursor.take(SIGNATURE.len())?);
    let mut is_first = true;
    loop {
        let whole = cursor.0;
        let size = length(cursor.u32_big()?);
        let name = cursor.take(4)?;
        let data = cursor.take(size)?;
        cursor.take(4)?;
        if is_first != (name == b"IHDR") {
            return Err(broken("it does not begin with its header"));
        }
        is_first = false;
        let is_kept = KEPT.contains(&name) || (name == b"iCCP" && size <= PROFILE_BYTES_MAX);
        if is_kept && let Some(chunk) = whole.get(..size.saturating_add(12)) {
            kept.extend_from_slice(chunk);
        }
        match name {
            b"eXIf" => container.exif = Some(data),
            b"iTXt" if data.starts_with(XMP) => container.xmp = data.get(XMP.len()..),
            b"IEND" => break,
            _ => {}
        }
    }
    container.kept = kept;
    container.trailing = cursor.0;
    Ok(container)
}
