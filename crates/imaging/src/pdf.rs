//! PDF (ISO 32000): kept as it is. What is checked is that it is one, whole, and nothing else.

use crate::{Refusal, broken, trailing};

/// Where the end must be found, in bytes from the end of the file.
const TAIL_BYTES: usize = 2048;

pub fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let is_version = matches!(bytes.get(5..8), Some([b'1' | b'2', b'.', digit]) if digit.is_ascii_digit());
    if !is_version {
        return Err(broken("it does not say its version"));
    }
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or_default();
    let mark = b"%%EOF";
    let end = tail.windows(mark.len()).rposition(|window| window == mark).ok_or_else(|| broken("its end is missing"))?;
    let behind = tail.get(end.saturating_add(mark.len())..).unwrap_or_default();
    if !behind.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Refusal::Mixed("something stands behind the end of the document".to_owned()));
    }
    if !bytes.windows(9).any(|window| window == b"startxref") {
        return Err(broken("its table of contents is missing"));
    }
    // An archive is read from its end; its directory would have to stand before the mark.
    trailing::check_archive(tail)
}
