//! Calendars that people subscribe to (RFC 5545, RFC 7986).

mod all;
mod branch;
mod meeting;

use crate::harness::client::Response;

/// The lines of a calendar, unfolded, as pairs of what stands before the colon and what behind.
#[track_caller]
fn lines(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.header("content-type"), Some("text/calendar; charset=utf-8"), "{response}");
    let text = response.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{response}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "a line is too long: {response}");
    let unfolded = text.replace("\r\n ", "");
    let pairs = unfolded.split_terminator("\r\n").map(|line| line.split_once(':').unwrap_or_else(|| panic!("no property: {line}")));
    pairs.map(|(property, value)| (property.to_owned(), value.to_owned())).collect()
}

/// The values of a property, whatever its parameters, in order; those of the zones are left out.
#[track_caller]
fn values(response: &Response, wanted: &str) -> Vec<String> {
    let mut is_zone = false;
    let mut found = Vec::new();
    for (property, value) in lines(response) {
        match (property.as_str(), value.as_str()) {
            ("BEGIN", "VTIMEZONE") => is_zone = true,
            ("END", "VTIMEZONE") => is_zone = false,
            _ if !is_zone && property.split(';').next() == Some(wanted) => found.push(value),
            _ => {}
        }
    }
    found
}
