//! GIF (87a and 89a): blocks in a row, frame after frame.

use crate::container::{Container, Cursor};
use crate::{Refusal, broken};

/// Takes a file apart. Comments and what programs have written of their own are left out, but for how often it repeats.
pub fn read(bytes: &[u8]) -> Result<Container<'_>, Refusal> {
    let mut cursor = Cursor(bytes);
    let mut container = Container::default();
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(cursor.take(6)?);
    let screen = cursor.take(7)?;
    kept.extend_from_slice(screen);
    kept.extend_from_slice(colours(&mut cursor, screen.get(4))?);
    loop {
        let whole = cursor.0;
        let is_kept = match cursor.byte()? {
            b';' => break,
            b',' => {
                let descriptor = cursor.take(9)?;
                colours(&mut cursor, descriptor.get(8))?;
                cursor.byte()?;
                blocks(&mut cursor)?;
                container.frames = container.frames.saturating_add(1);
                true
            }
            b'!' => {
                let label = cursor.byte()?;
                let data = cursor.0;
                blocks(&mut cursor)?;
                label == 0xf9 || (label == 0xff && [&b"\x0bNETSCAPE2.0"[..], b"\x0bANIMEXTS1.0"].iter().any(|name| data.starts_with(name)))
            }
            _ => return Err(broken("a block is of no known kind")),
        };
        if is_kept && let Some(block) = whole.get(..whole.len().saturating_sub(cursor.0.len())) {
            kept.extend_from_slice(block);
        }
    }
    if container.frames == 0 {
        return Err(broken("it holds no picture"));
    }
    kept.push(b';');
    container.kept = kept;
    container.trailing = cursor.0;
    Ok(container)
}

/// A table of colours, where the flags say that there is one.
fn colours<'a>(cursor: &mut Cursor<'a>, flags: Option<&u8>) -> Result<&'a [u8], Refusal> {
    match flags {
        Some(flags) if flags & 0x80 != 0 => cursor.take(3 << ((flags & 0x07) + 1)),
        _ => Ok(&[]),
    }
}

/// Passes over blocks of data up to the empty one.
fn blocks(cursor: &mut Cursor) -> Result<(), Refusal> {
    loop {
        let size = cursor.byte()?;
        if size == 0 {
            return Ok(());
        }
        cursor.take(usize::from(size))?;
    }
}
