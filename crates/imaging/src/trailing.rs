//! What stands behind the end of a picture. It is never kept. Phones append harmless things there (a second picture, a short
//! film, a depth map); who appends a page, a script or an archive wants one file to be two things, and is refused.

use crate::Refusal;

/// How things begin that run or are opened, wherever in the rest they stand.
const ACTIVE: [(&[u8], &str); 10] = [
    (b"PK\x03\x04", "an archive"),
    (b"PK\x05\x06", "an archive"),
    (b"Rar!\x1a\x07", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"%PDF-", "a PDF document"),
    (b"<?php", "a script"),
    (b"<script", "a page"),
    (b"<html", "a page"),
    (b"<svg", "a page"),
    (b"<!doctype", "a page"),
];

/// Shorter rests of text are padding or a name.
const TEXT_BYTES_MIN: usize = 16;

/// How much of the rest is looked at to tell whether it is text.
const TEXT_SAMPLE: usize = 4096;

/// Refuses what is more than a picture.
pub fn check(rest: &[u8]) -> Result<(), Refusal> {
    if let Some((_, what)) = ACTIVE.iter().find(|(sign, _)| holds(rest, sign)) {
        return Err(Refusal::Mixed(format!("{what} stands behind the picture")));
    }
    if [&b"MZ"[..], b"\x7fELF", b"\x1f\x8b", b"#!"].iter().any(|sign| rest.starts_with(sign)) {
        return Err(Refusal::Mixed("a program or an archive stands behind the picture".to_owned()));
    }
    let sample = rest.get(..TEXT_SAMPLE).unwrap_or(rest);
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    if sample.len() >= TEXT_BYTES_MIN && sample.iter().all(is_text) && !sample.iter().all(is_blank) {
        return Err(Refusal::Mixed("text stands behind the picture".to_owned()));
    }
    Ok(())
}

/// Refuses a document that ends like an archive.
pub fn check_archive(tail: &[u8]) -> Result<(), Refusal> {
    if holds(tail, b"PK\x05\x06") { Err(Refusal::Mixed("an archive stands in the document's end".to_owned())) } else { Ok(()) }
}

/// Whether bytes stand in others, letters of either case being the same.
fn holds(rest: &[u8], sign: &[u8]) -> bool {
    rest.windows(sign.len()).any(|window| window.eq_ignore_ascii_case(sign))
}
