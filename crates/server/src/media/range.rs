//! Parts of files (RFC 9110, section 14).

use actix_web::http::header::{self, HeaderMap};
use std::ops::Range;

/// What a request asks for of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Whole,
    Part(Range<u64>),
    /// A part that lies outside of it.
    Nothing,
}

/// Reads `Range` and `If-Range`. What is not understood, or asks for several parts, is answered with the whole (RFC 9110, 14.2).
pub fn wanted(headers: &HeaderMap, size: u64, entity_tag: &str) -> Wanted {
    let text = |name: &header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(range) = text(&header::RANGE).and_then(|value| value.strip_prefix("bytes=")) else { return Wanted::Whole };
    // A date is no strong validator here: files are told apart by their tags.
    if text(&header::IF_RANGE).is_some_and(|tag| tag != entity_tag) {
        return Wanted::Whole;
    }
    let Some((first, last)) = range.split_once('-').map(|(first, last)| (first.trim(), last.trim())) else { return Wanted::Whole };
    let number = |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<u64>().ok() } else { None };
    let part = match (first, last) {
        ("", last) => match number(last) {
            Some(0) => return Wanted::Nothing,
            Some(count) => size.saturating_sub(count)..size,
            None => return Wanted::Whole,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Wanted::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => first..last.saturating_add(1).min(size),
            _ => return Wanted::Whole,
        },
    };
    if part.is_empty() { Wanted::Nothing } else { Wanted::Part(part) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn asked(range: &'static str) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(range));
        wanted(&headers, 100, "\"a\"")
    }

    #[test]
    fn parts_are_read_as_the_standard_says() {
        for (range, part) in [("bytes=0-0", 0..1), ("bytes=90-", 90..100), ("bytes=-10", 90..100), ("bytes=0-999", 0..100), ("bytes=-999", 0..100)] {
            assert_eq!(asked(range), Wanted::Part(part), "{range}");
        }
        for range in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(asked(range), Wanted::Nothing, "{range}");
        }
        for range in ["bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=", "bytes=-", "bytes=+1-2", "bytes=99999999999999999999-"] {
            assert_eq!(asked(range), Wanted::Whole, "{range}");
        }
    }

    #[test]
    fn a_part_is_given_of_the_file_that_is_meant() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.insert(header::IF_RANGE, HeaderValue::from_static("\"b\""));
        assert_eq!(wanted(&headers, 100, "\"a\""), Wanted::Whole);
        assert_eq!(wanted(&headers, 100, "\"b\""), Wanted::Part(0..2));
    }
}
