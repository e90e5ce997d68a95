//! What handlers extract from a request: JSON bodies, queries, versions. Nothing is guessed at, and every limit is here.

use crate::error::{ApiError, ProblemCode};
use crate::opaque_tokens::hex_digest;
use crate::writing::IDEMPOTENCY_KEY;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use masthead_domain::fault::{Fault, FaultCode};
use masthead_domain::json;
use masthead_domain::read::Reader;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use serde_json::Value;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

/// The largest JSON body, in bytes.
pub const BODY_BYTES_MAX: usize = 3 * 1024 * 1024;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest address, in bytes.
pub const URI_BYTES_MAX: usize = 8 * 1024;

/// The most parameters that a query may have.
const PARAMETERS_MAX: usize = 64;

/// The hash of a body that was read; kept with the request.
pub struct BodyDigest(pub String);

/// A JSON body of type `application/json` or `application/merge-patch+json`.
pub struct JsonBody(pub Value);

impl FromRequest for JsonBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check_media_type(request.headers()).and_then(|()| check_length(request.headers()));
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            checked?;
            let bytes = match actix_web::rt::time::timeout(BODY_TIMEOUT, body).await {
                Err(_) => return Err(ApiError::new(ProblemCode::RequestTimeout, "The body did not arrive in time.")),
                Ok(Err(error)) if error.as_response_error().status_code() == actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => {
                    return Err(too_large());
                }
                Ok(Err(error)) => return Err(ApiError::new(ProblemCode::MalformedRequest, error.to_string())),
                Ok(Ok(bytes)) => bytes,
            };
            if request.headers().contains_key(IDEMPOTENCY_KEY) {
                request.extensions_mut().insert(BodyDigest(hex_digest(&bytes)));
            }
            json::parse(&bytes).map(Self).map_err(|cause| ApiError::new(ProblemCode::MalformedJson, cause))
        })
    }
}

/// A JSON body that may be left out, for actions that need none; nothing is an empty object.
pub struct OptionalJsonBody(pub Value);

impl FromRequest for OptionalJsonBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let has_body = request.headers().contains_key(header::CONTENT_TYPE)
            || request.headers().contains_key(header::TRANSFER_ENCODING)
            || request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
        if !has_body {
            return Box::pin(async { Ok(Self(Value::Object(serde_json::Map::new()))) });
        }
        let body = JsonBody::from_request(request, payload);
        Box::pin(async move { Ok(Self(body.await?.0)) })
    }
}

fn too_large() -> ApiError {
    ApiError::new(ProblemCode::BodyTooLarge, format!("At most {BODY_BYTES_MAX} bytes are taken."))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence == "application/merge-patch+json" {
        return Ok(());
    }
    Err(ApiError::new(ProblemCode::UnsupportedMediaType, "Send the body as application/json."))
}

fn check_length(headers: &HeaderMap) -> Result<(), ApiError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<u64>().ok());
    if length.is_some_and(|length| length > BODY_BYTES_MAX as u64) { Err(too_large()) } else { Ok(()) }
}

/// Reads the members of a body that needs the database for nothing.
///
/// # Errors
/// All faults of the body.
pub fn read_members<T>(body: &Value, read: impl FnOnce(&mut Reader) -> T) -> Result<T, ApiError> {
    let mut faults = Vec::new();
    let mut reader = Reader::root(body, &mut faults);
    let value = read(&mut reader);
    reader.finish();
    if faults.is_empty() { Ok(value) } else { Err(ApiError::validation(faults)) }
}

/// The version that a change is meant for, from `If-Match` (RFC 9110, 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever the version is.
    Any,
    Versions(Vec<i32>),
}

impl IfMatch {
    /// Whether a version is meant.
    #[must_use]
    pub fn matches(&self, version: i32) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }

    /// The one version that the client has seen, where it names one.
    #[must_use]
    pub fn seen(&self) -> Option<i32> {
        match self {
            Self::Versions(versions) => versions.first().copied(),
            Self::Any => None,
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_if_match(request.headers()))
    }
}

fn read_if_match(headers: &HeaderMap) -> Result<IfMatch, ApiError> {
    let mut versions = Vec::new();
    let mut given = false;
    for value in headers.get_all(header::IF_MATCH) {
        given = true;
        let text = value.to_str().unwrap_or_default();
        if text.trim() == "*" {
            return Ok(IfMatch::Any);
        }
        for tag in text.split(',') {
            // Weak tags never match here (RFC 9110, 13.1.1: strong comparison); nor do tags we never gave.
            let version: Option<i32> = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).and_then(|tag| tag.parse().ok());
            versions.extend(version.filter(|version| crate::desk::entity_tag(*version) == tag.trim()));
        }
    }
    if given {
        return Ok(IfMatch::Versions(versions));
    }
    Err(ApiError::new(ProblemCode::VersionRequired, "Send the entity tag you read, like If-Match: \"3\"."))
}

/// A request in the one spelling that stands for all spellings of it: the parameters in order, without those that say what
/// holds anyway, values and lists in one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    path: String,
    pairs: Vec<(&'static str, String)>,
}

impl Canonical {
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, percent-encoded, without its question mark.
    #[must_use]
    pub fn query(&self) -> String {
        self.query_without("")
    }

    /// The query without one of its parameters.
    #[must_use]
    pub fn query_without(&self, left_out: &str) -> String {
        let mut text = String::new();
        for (name, value) in self.pairs.iter().filter(|(name, _)| *name != left_out) {
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            percent_encode(value, &mut text);
        }
        text
    }
}

impl std::fmt::Display for Canonical {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let query = self.query();
        f.write_str(&self.path)?;
        if query.is_empty() { Ok(()) } else { write!(f, "?{query}") }
    }
}

/// The query of a request, read parameter by parameter; what nobody asks for is a fault.
pub struct Query {
    path: String,
    pairs: Vec<(String, String)>,
    asked: Vec<&'static str>,
    faults: Vec<Fault>,
    canonical: Vec<(&'static str, String)>,
}

impl FromRequest for Query {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

impl Query {
    /// The query of a request, for extractors.
    ///
    /// # Errors
    /// Where it has too many parameters.
    pub fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        Self::read(request.path(), request.query_string())
    }

    fn read(path: &str, query: &str) -> Result<Self, ApiError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut faults = Vec::new();
        for piece in query.split('&').filter(|piece| !piece.is_empty()) {
            if pairs.len() >= PARAMETERS_MAX {
                return Err(ApiError::query(vec![Fault::parameter(
                    "*",
                    FaultCode::TooLong,
                    format!("at most {PARAMETERS_MAX} parameters are taken"),
                )]));
            }
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            match (percent_decode(name), percent_decode(value)) {
                (Some(name), Some(value)) => {
                    if pairs.iter().any(|(other, _)| *other == name) {
                        faults.push(Fault::parameter(&name, FaultCode::Repeated, "stands in the query twice"));
                    } else {
                        pairs.push((name, value));
                    }
                }
                (name, _) => {
                    let name = name.unwrap_or_else(|| "?".to_owned());
                    faults.push(Fault::parameter(name, FaultCode::InvalidFormat, "must be percent-encoded UTF-8 without control characters"));
                }
            }
        }
        Ok(Self { path: path.to_owned(), pairs, asked: Vec::new(), faults, canonical: Vec::new() })
    }

    /// The path that the query is of.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value of a parameter, if it is given.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let value = self.pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())?;
        self.canonical.push((name, value.clone()));
        Some(value)
    }

    /// Whether a parameter is given; it is still to be read.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.pairs.iter().any(|(other, _)| other == name)
    }

    /// Writes a parameter that has been read in the form in which all spellings of its value are the same.
    pub fn respell(&mut self, name: &'static str, value: String) {
        if let Some((_, spelt)) = self.canonical.iter_mut().find(|(other, _)| *other == name) {
            *spelt = value;
        }
    }

    /// Says what a parameter means where it is absent: given or not, the request is the same.
    pub fn has_default(&mut self, name: &'static str, value: &str) {
        self.canonical.retain(|(other, spelt)| *other != name || spelt != value);
    }

    /// Notes a fault of a parameter.
    pub fn fault(&mut self, name: &str, code: FaultCode, message: impl Into<String>) {
        self.faults.push(Fault::parameter(name, code, message));
    }

    /// One of a closed vocabulary.
    pub fn word<V: Vocabulary>(&mut self, name: &'static str) -> Option<V> {
        let text = self.text(name)?;
        let word = V::parse(&text);
        if word.is_none() {
            let known: Vec<&str> = V::ALL.iter().map(|value| value.word()).collect();
            self.fault(name, FaultCode::NotOneOf, format!("must be one of {}", known.join(", ")));
        }
        word
    }

    /// `true` or `false`; false where absent.
    pub fn boolean(&mut self, name: &'static str) -> bool {
        match self.text(name).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                self.fault(name, FaultCode::NotOneOf, "must be true or false");
                false
            }
        }
    }

    /// `true` or `false`, where it is given.
    pub fn choice(&mut self, name: &'static str) -> Option<bool> {
        let text = self.text(name)?;
        let choice = text.parse().ok();
        if choice.is_none() {
            self.fault(name, FaultCode::NotOneOf, "must be true or false");
        }
        choice
    }

    pub fn integer(&mut self, name: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name)?;
        let plain = !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = plain.then(|| text.parse().ok()).flatten().filter(|number| range.contains(number));
        match number {
            Some(number) => self.respell(name, number.to_string()),
            None => self.fault(name, FaultCode::OutOfRange, format!("must be a whole number from {} to {}", range.start(), range.end())),
        }
        number
    }

    pub fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.text(name)?;
        let time = Timestamp::parse(&text);
        match time {
            Some(time) => self.respell(name, time.to_string()),
            None => self.fault(name, FaultCode::InvalidFormat, "must be an RFC 3339 time with an offset, like 2026-11-26T07:30:00Z"),
        }
        time
    }

    /// A language tag (BCP 47), in the case in which they are kept.
    pub fn language(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        let tag = masthead_domain::read::language_tag(&text);
        match &tag {
            Some(tag) => self.respell(name, tag.clone()),
            None => self.fault(name, FaultCode::InvalidFormat, "must be a BCP 47 language tag, like en-AU"),
        }
        tag
    }

    /// The id of something, as a UUID.
    pub fn uuid(&mut self, name: &'static str) -> Option<uuid::Uuid> {
        let text = self.text(name)?;
        let id = (text.len() == 36).then(|| uuid::Uuid::try_parse(&text).ok()).flatten();
        match id {
            Some(id) => self.respell(name, id.to_string()),
            None => self.fault(name, FaultCode::InvalidFormat, "must be an id, like 01936d6c-7a10-7c3e-9d55-6b1f0e9a4c21"),
        }
        id
    }

    /// A list separated by commas, of at most `max` items that are not empty.
    pub fn list(&mut self, name: &'static str, max: usize) -> Option<Vec<String>> {
        let text = self.text(name)?;
        let items: Vec<String> = text.split(',').map(str::to_owned).collect();
        if items.iter().any(String::is_empty) {
            self.fault(name, FaultCode::InvalidFormat, "must be a list separated by commas, without empty items");
            return None;
        }
        if items.len() > max {
            self.fault(name, FaultCode::TooLong, format!("must have at most {max} items"));
            return None;
        }
        // No list here is an order.
        let mut sorted: Vec<&str> = items.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let spelt = sorted.join(",");
        self.respell(name, spelt);
        Some(items)
    }

    /// A list of words from a closed set.
    pub fn words(&mut self, name: &'static str, known: &[&'static str]) -> Option<Vec<&'static str>> {
        let items = self.list(name, known.len().max(1))?;
        let mut words = Vec::new();
        for item in items {
            match known.iter().find(|word| **word == item) {
                Some(word) => words.push(*word),
                None => self.fault(name, FaultCode::NotOneOf, format!("{item:?} is not one of {}", known.join(", "))),
            }
        }
        Some(words)
    }

    /// Ends the reading, and gives the request in its one spelling.
    ///
    /// # Errors
    /// All faults of the query, among them every parameter that was not asked for.
    pub fn finish(mut self) -> Result<Canonical, ApiError> {
        for (name, _) in &self.pairs {
            if !self.asked.contains(&name.as_str()) {
                let known =
                    if self.asked.is_empty() { "no parameter is taken here".to_owned() } else { format!("known are {}", self.asked.join(", ")) };
                self.faults.push(Fault::parameter(name, FaultCode::Unknown, format!("is not known here; {known}")));
            }
        }
        if !self.faults.is_empty() {
            return Err(ApiError::query(self.faults));
        }
        self.canonical.sort_unstable();
        Ok(Canonical { path: self.path, pairs: self.canonical })
    }
}

/// Encodes a value of a query; what it leaves means itself there (RFC 3986, 3.4).
fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Decodes one part of a query strictly: no broken escape, no invalid UTF-8, no control character.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let text = std::str::from_utf8(&digits).ok()?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                bytes.push(u8::from_str_radix(text, 16).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(|character| character < ' ' || character == '\u{7f}')).then_some(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;

    #[test]
    fn all_faults_of_a_query_are_named() {
        let mut query = Query::read("/v1/tags", "limit=1000&colour=red&a=%00&tag=x,,y&tag=z").unwrap();
        assert_eq!(query.integer("limit", 1..=100), None);
        assert_eq!(query.list("tag", 5), None);
        let error = query.finish().unwrap_err();
        let names: Vec<&str> = error.errors.iter().filter_map(|fault| fault.parameter.as_deref()).collect();
        assert_eq!(names, ["a", "tag", "limit", "tag", "colour"]);
    }

    #[test]
    fn all_spellings_of_a_request_are_one() {
        let canonical = |query: &str| {
            let mut query = Query::read("/v1/articles", query).unwrap();
            query.integer("limit", 1..=100);
            query.list("tag", 5);
            query.time("updated_since");
            query.text("q");
            query.has_default("limit", "20");
            query.finish().unwrap()
        };
        let one = canonical("tag=b,a&updated_since=2026-11-26T18:30:00%2B11:00&limit=020&q=a%20b");
        assert_eq!(one.to_string(), "/v1/articles?q=a%20b&tag=a,b&updated_since=2026-11-26T07:30:00Z");
        assert_eq!(one, canonical("q=a+b&tag=%61,b&updated_since=2026-11-26T07:30:00Z"));
        assert_eq!(canonical("").to_string(), "/v1/articles");
        assert_eq!(canonical("limit=7&q=%26").query_without("limit"), "q=%26");
    }

    #[test]
    fn versions_are_read_from_strong_tags() {
        let mut headers = HeaderMap::new();
        assert_eq!(read_if_match(&headers).unwrap_err().code, ProblemCode::VersionRequired);
        headers.insert(header::IF_MATCH, header::HeaderValue::from_static("\"3\", W/\"4\", \"x\""));
        assert_eq!(read_if_match(&headers).unwrap(), IfMatch::Versions(vec![3]));
        headers.insert(header::IF_MATCH, header::HeaderValue::from_static("*"));
        assert!(read_if_match(&headers).unwrap().matches(7));
    }

    #[test]
    fn percent_encoding_is_read_strictly() {
        assert_eq!(percent_decode("a%20b+c%C3%A9").unwrap(), "a b cé");
        for bad in ["%", "%2", "%zz", "%FF", "%00", "%+1"] {
            assert_eq!(percent_decode(bad), None, "{bad}");
        }
    }
}
