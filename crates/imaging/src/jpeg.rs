//! JPEG (ISO 10918-1): segments between markers, and the coded picture after the last of them.

use crate::container::{Container, Cursor, PROFILE_BYTES_MAX};
use crate::{Refusal, broken};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const PROFILE: &[u8] = b"ICC_PROFILE\0";
const RESOURCES: &[u8] = b"Photoshop 3.0\0";

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// Takes a file apart. Kept are the picture, its density, its colours and nothing else.
pub fn read(bytes: &[u8]) -> Result<Container<'_>, Refusal> {
    let mut cursor = Cursor(bytes);
    let mut container = Container { frames: 1, ..Container::default() };
    let mut profile: Vec<&[u8]> = Vec::new();
    let (mut head, mut rest) = (vec![0xff, START], Vec::with_capacity(bytes.len()));
    cursor.take(2)?;
    loop {
        match marker(&mut cursor)? {
            END => break,
            START => return Err(broken("a picture begins within another")),
            // Without a length.
            alone @ (0x01 | 0xd0..=0xd7) => rest.extend([0xff, alone]),
            marker => {
                let length = cursor.u16_big()?.checked_sub(2).ok_or_else(|| broken("a segment has no length"))?;
                let data = cursor.take(usize::from(length))?;
                match marker {
                    0xe0 if data.starts_with(b"JFIF\0") => segment(&mut head, marker, &without_thumbnail(data)),
                    0xe1 if data.starts_with(EXIF) => container.exif = data.get(EXIF.len()..),
                    0xe1 if data.starts_with(XMP) => container.xmp = data.get(XMP.len()..),
                    0xe2 if data.starts_with(PROFILE) => profile.push(data),
                    0xed if data.starts_with(RESOURCES) => container.resources = data.get(RESOURCES.len()..),
                    // How the colours are coded.
                    0xee if data.starts_with(b"Adobe") => segment(&mut rest, marker, data),
                    0xe0..=0xef | 0xfe => {}
                    _ => segment(&mut rest, marker, data),
                }
                if marker == SCAN {
                    rest.extend_from_slice(coded(&mut cursor)?);
                }
            }
        }
    }
    if profile.iter().map(|part| part.len()).sum::<usize>() <= PROFILE_BYTES_MAX {
        profile.iter().for_each(|data| segment(&mut head, 0xe2, data));
    }
    head.append(&mut rest);
    head.extend([0xff, END]);
    container.kept = head;
    container.trailing = cursor.0;
    Ok(container)
}

/// The next marker; fill bytes may stand before it.
fn marker(cursor: &mut Cursor) -> Result<u8, Refusal> {
    if cursor.byte()? != 0xff {
        return Err(broken("a marker is missing"));
    }
    loop {
        match cursor.byte()? {
            0xff => {}
            0x00 => return Err(broken("a marker is missing")),
            marker => return Ok(marker),
        }
    }
}

/// The coded picture, up to the marker that follows it.
fn coded<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Refusal> {
    let ends = |pair: &[u8]| matches!(pair, [0xff, second] if !matches!(second, 0x00 | 0xd0..=0xd7 | 0xff));
    let end = cursor.0.windows(2).position(ends).ok_or_else(|| broken("the end of the picture is missing"))?;
    cursor.take(end)
}

fn segment(out: &mut Vec<u8>, marker: u8, data: &[u8]) {
    // It came out of a segment and is no longer than before.
    let Ok(length) = u16::try_from(data.len().saturating_add(2)) else { return };
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(data);
}

/// The JFIF header with its version and density: the small picture in it may show what was cut away from the large one.
fn without_thumbnail(data: &[u8]) -> Vec<u8> {
    let mut head: Vec<u8> = data.iter().take(12).copied().collect();
    head.resize(12, 0);
    head.extend([0, 0]);
    head
}
