//! Redirects: addresses of the website that lead elsewhere, or are gone.
//!
//! A path is kept in one spelling (RFC 3986, 6.2.2), so that all spellings of an old address are the same one.

use crate::fault::FaultCode;
use crate::read::Reader;
use crate::web_address::{LENGTH_MAX, is_web_address};
use std::collections::{HashMap, HashSet};

/// The most redirects that are taken at once.
pub const BULK_MAX: usize = 1000;

/// The statuses that a redirect may answer with.
pub const STATUSES: [i32; 4] = [301, 302, 308, 410];

/// A path of the website, with its query where it has one, in its one spelling: escapes in capitals and only where they are
/// needed, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SitePath(String);

impl SitePath {
    /// Reads a path as it came: `/2012/05/old-address/`, `/?p=123`, `/caf%c3%a9`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with('/') || text.starts_with("//") {
            return Err("must be a path of the website, like /2012/05/old-address");
        }
        if text.chars().count() > LENGTH_MAX {
            return Err("must have at most 2000 characters");
        }
        if text.chars().any(|character| character.is_whitespace() || character.is_control() || "\\<>\"#".contains(character)) {
            return Err("must not hold white space, a backslash, quotes, angle brackets or a fragment");
        }
        let spelt = spell(text).ok_or("must be percent-encoded UTF-8")?;
        let (path, query) = spelt.split_once('?').unwrap_or((&spelt, ""));
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err("must not have segments of dots");
        }
        let trimmed = path.trim_end_matches('/');
        let path = if trimmed.is_empty() { "/" } else { trimmed };
        Ok(Self(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }))
    }

    /// The path without its query, where it has one.
    #[must_use]
    pub fn without_query(&self) -> Option<Self> {
        self.0.split_once('?').map(|(path, _)| Self(path.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SitePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes what is escaped needlessly plainly, and all else that is not plain as escapes in capitals.
fn spell(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut spelt = String::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let (byte, was_escaped) = if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
            (u8::try_from(value).ok()?, true)
        } else {
            (byte, false)
        };
        bytes.push(byte);
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if is_plain || (!was_escaped && byte.is_ascii()) {
            spelt.push(char::from(byte));
        } else {
            spelt.push_str(&format!("%{byte:02X}"));
        }
    }
    let decoded = String::from_utf8(bytes).ok()?;
    (!decoded.chars().any(char::is_control)).then_some(spelt)
}

/// Where a redirect leads: as it was entered, and the path where it is one of the website.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub address: String,
    pub path: Option<SitePath>,
}

impl Target {
    /// Reads a path of the website, with a query and a fragment if wanted, or an absolute address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.starts_with('/') {
            let (path, fragment) = text.split_once('#').map_or((text, None), |(path, fragment)| (path, Some(fragment)));
            let path = SitePath::parse(path)?;
            if fragment.is_some_and(|fragment| {
                fragment.chars().any(|character| character.is_whitespace() || character.is_control() || "\\<>\"".contains(character))
            }) {
                return Err("must not hold white space, a backslash, quotes or angle brackets");
            }
            return Ok(Self { address: text.to_owned(), path: Some(path) });
        }
        if text.chars().count() <= LENGTH_MAX && is_web_address(text) {
            return Ok(Self { address: text.to_owned(), path: None });
        }
        Err("must be a path of the website or an absolute http or https address")
    }
}

/// What one address does: where it leads, or nowhere where it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub target: Option<Target>,
    pub status: i32,
}

/// A redirect as it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    pub source: SitePath,
    pub lead: Lead,
}

impl Redirect {
    /// Reads the members `from`, `to` and `status`; gone is what has the status 410 and leads nowhere.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let from = reader.line("from", LENGTH_MAX);
        let from = reader.require("from", from);
        let source = from.and_then(|text| SitePath::parse(&text).map_err(|message| reader.fault("from", FaultCode::InvalidFormat, message)).ok());
        let status = reader.integer("status", 301..=410).and_then(|status| i32::try_from(status).ok());
        let status = status.unwrap_or(301);
        if !STATUSES.contains(&status) {
            reader.fault("status", FaultCode::NotOneOf, "must be one of 301, 302, 308, 410");
        }
        let to = reader.line("to", LENGTH_MAX);
        let target = match to {
            Some(_) if status == 410 => {
                reader.fault("to", FaultCode::Unknown, "goes with no status of 410: what is gone leads nowhere");
                None
            }
            Some(text) => Target::parse(&text).map_err(|message| reader.fault("to", FaultCode::InvalidFormat, message)).ok(),
            None => {
                if status != 410 {
                    reader.require::<()>("to", None);
                }
                None
            }
        };
        Some(Self { source: source?, lead: Lead { target, status } })
    }
}

/// The status of two redirects in a row: for good only where both are, and with the method kept only where both keep it.
fn in_a_row(first: i32, second: i32) -> i32 {
    match (first, second) {
        (_, 410) => 410,
        (302, _) | (_, 302) => 302,
        (308, 308) => 308,
        _ => 301,
    }
}

/// Where an address leads in the end, by way of all redirects of `leads`; nowhere where it comes back to where it has been.
#[must_use]
pub fn follow(source: &SitePath, lead: &Lead, leads: &HashMap<SitePath, Lead>) -> Option<Lead> {
    let mut seen = HashSet::from([source]);
    let (mut target, mut status) = (lead.target.as_ref(), lead.status);
    while let Some(path) = target.and_then(|target| target.path.as_ref()) {
        if !seen.insert(path) {
            return None;
        }
        let Some(next) = leads.get(path) else { break };
        (target, status) = (next.target.as_ref(), in_a_row(status, next.status));
    }
    Some(Lead { target: target.cloned(), status })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed parse is a failed test")]
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::parse(text).unwrap()
    }

    fn lead(to: &str, status: i32) -> Lead {
        Lead { target: (!to.is_empty()).then(|| Target::parse(to).unwrap()), status }
    }

    #[test]
    fn all_spellings_of_a_path_are_one() {
        for (text, spelt) in [
            ("/", "/"),
            ("/2012/05/title/", "/2012/05/title"),
            ("/?p=123", "/?p=123"),
            ("/index.php?id=7&x=", "/index.php?id=7&x="),
            ("/a/?", "/a"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/café", "/caf%C3%A9"),
            ("/%61%2Fb%7e", "/a%2Fb~"),
            ("/a//b", "/a//b"),
        ] {
            assert_eq!(path(text).as_str(), spelt);
            assert_eq!(path(spelt).as_str(), spelt);
        }
        for bad in
            ["", "a", "//a", "https://a.example/b", "/a b", "/a#b", "/a\\b", "/%", "/%zz", "/%ff", "/%00", "/a/../b", "/./a", "/%2e%2e/a", "/a\u{7f}"]
        {
            assert!(SitePath::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(path("/a?b").without_query(), Some(path("/a")));
        assert_eq!(path("/a").without_query(), None);
    }

    #[test]
    fn targets_are_paths_or_addresses() {
        assert_eq!(Target::parse("/a/?b#c").unwrap().path, Some(path("/a?b")));
        assert_eq!(Target::parse("https://a.example/x").unwrap().path, None);
        for bad in ["", "a", "javascript:alert(1)", "//a.example", "ftp://a.example", "/a b", "/a#b c"] {
            assert!(Target::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn chains_are_followed_to_their_end_and_loops_are_found() {
        let leads: HashMap<SitePath, Lead> = [
            ("/b", lead("/c", 301)),
            ("/c", lead("/d/#x", 308)),
            ("/t", lead("/c", 302)),
            ("/g", lead("", 410)),
            ("/l", lead("/m", 301)),
            ("/m", lead("/l", 301)),
        ]
        .into_iter()
        .map(|(from, lead)| (path(from), lead))
        .collect();
        let end = |from: &str, to: &str, status| follow(&path(from), &lead(to, status), &leads);
        assert_eq!(end("/a", "/b", 301), Some(lead("/d/#x", 301)));
        assert_eq!(end("/a", "/c/", 308), Some(lead("/d/#x", 308)));
        assert_eq!(end("/a", "/t", 301), Some(lead("/d/#x", 302)));
        assert_eq!(end("/a", "/g", 301), Some(lead("", 410)));
        assert_eq!(end("/a", "/z", 302), Some(lead("/z", 302)));
        assert_eq!(end("/d", "/b", 301), None);
        assert_eq!(end("/a", "/a/#x", 301), None);
        assert_eq!(end("/a", "/l", 301), None);
    }
}
