//! Replies of the delivery side as they are kept and sent: final bytes, their validators, and how long they hold.

use crate::metrics::Operation;
use crate::negotiation::weighted;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use masthead_domain::time::Timestamp;
use std::io::Write;
use tokio::sync::{OnceCell, Semaphore};

pub const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
pub const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
/// The content generation that a reply is of.
pub const REVISION: HeaderName = HeaderName::from_static("masthead-revision");

/// How long a shared cache may keep a reply unasked, in seconds. One that purges by tag has nothing stale in that time.
const SHARED_SECONDS: i64 = 60;
/// How long it may go on serving a reply while it fetches the next, in seconds.
const REVALIDATE_SECONDS: i64 = 30;

/// How many compressions may be under way or wait for a thread: the pool that does them has no bound of its own.
pub const COMPRESSIONS_MAX: usize = 64;

static COMPRESSIONS: Semaphore = Semaphore::const_new(COMPRESSIONS_MAX);

/// Smaller bodies gain nothing by compression.
const COMPRESS_BYTES_MIN: usize = 512;

/// A content coding (RFC 9110, 8.4.1; RFC 7932; RFC 8878), in the order of preference among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Brotli,
    Zstd,
    Gzip,
    Identity,
}

impl Coding {
    const ALL: [Self; 4] = [Self::Brotli, Self::Zstd, Self::Gzip, Self::Identity];

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The coding that a client likes best (RFC 9110, 12.5.3); identity where it says nothing.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Self {
        let mut best = (Self::Identity, 0.0_f32);
        for (name, weight) in weighted(headers, &header::ACCEPT_ENCODING) {
            // Nobody is sent what they may not have asked for.
            let weight = weight.unwrap_or(0.0);
            let coding = Self::ALL
                .into_iter()
                .find(|coding| name.eq_ignore_ascii_case(coding.name()) || name.eq_ignore_ascii_case("x-gzip") && *coding == Self::Gzip);
            if let Some(coding) = coding
                && weight > 0.0
                && (weight > best.1 || weight == best.1 && (coding as u8) < (best.0 as u8))
            {
                best = (coding, weight);
            }
        }
        best.0
    }

    /// The body in this coding.
    fn compress(self, body: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::with_capacity(body.len() / 3);
        match self {
            Self::Brotli => {
                // Made once and sent often: quality 5 is where more begins to cost much and gain little.
                let mut writer = brotli::CompressorWriter::new(&mut out, 4096, 5, 20);
                writer.write_all(body)?;
                writer.flush()?;
                drop(writer);
            }
            Self::Zstd => out = zstd::bulk::compress(body, 6)?,
            Self::Gzip => {
                let mut writer = flate2::write::GzEncoder::new(&mut out, flate2::Compression::new(6));
                writer.write_all(body)?;
                writer.finish()?;
            }
            Self::Identity => out.extend_from_slice(body),
        }
        Ok(out)
    }
}

/// The tag of some bytes, without quotes: their 128 bits of XXH3 in base64url, the same on every node. It tells versions of one
/// reply apart and keeps nothing safe, for which a fourteenth of a list's time was too much.
#[must_use]
pub fn content_tag(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(twox_hash::XxHash3_128::oneshot(bytes).to_be_bytes())
}

/// Whether `If-None-Match` names a tag, by the weak comparison (RFC 9110, 13.1.2).
#[must_use]
pub fn names_tag(headers: &HeaderMap, tag: &str) -> bool {
    named_tags(headers).any(|named| named == "*" || named == tag)
}

/// The tags in `If-None-Match`, without the mark of weak ones.
fn named_tags(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|tag| tag.trim()).map(|tag| tag.strip_prefix("W/").unwrap_or(tag))
}

/// What a reply is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    Json,
    /// RFC 5545, 3.1.4 and 8.1.
    Calendar,
}

impl ContentType {
    /// As the header has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Calendar => "text/calendar; charset=utf-8",
        }
    }
}

/// What a delivery handler has made of the database, before it is known as a reply.
#[derive(Debug)]
pub struct Draft {
    /// What the request was for.
    pub operation: Operation,
    pub status: StatusCode,
    pub content_type: ContentType,
    pub body: Vec<u8>,
    pub last_modified: Option<Timestamp>,
    pub link: Option<String>,
    pub location: Option<String>,
}

/// A reply of the delivery side, final but for the content coding.
#[derive(Debug)]
pub struct Reply {
    /// What the request was for, so that the next one like it is counted without looking.
    pub operation: Operation,
    status: StatusCode,
    content_type: ContentType,
    /// The content generation that it was made of.
    pub sequence: i64,
    made_at: Timestamp,
    /// When it changes by the clock alone.
    until: Option<Timestamp>,
    tag: String,
    body: Bytes,
    variants: [OnceCell<Option<Bytes>>; 3],
    /// The headers that are the same whatever the request.
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    #[must_use]
    pub fn new(draft: Draft, sequence: i64, made_at: Timestamp, until: Option<Timestamp>, tags: &[String]) -> Self {
        let tag = content_tag(&draft.body);
        let mut headers = Vec::with_capacity(8);
        let mut add = |name: HeaderName, value: Option<String>| {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.push((name, value));
            }
        };
        add(header::VARY, Some("Accept-Encoding".to_owned()));
        add(CACHE_TAG, Some(tags.join(",")));
        add(SURROGATE_KEY, Some(tags.join(" ")));
        add(REVISION, Some(sequence.to_string()));
        add(header::LAST_MODIFIED, draft.last_modified.map(Timestamp::to_http_date));
        add(header::LINK, draft.link);
        add(header::LOCATION, draft.location);
        Self {
            operation: draft.operation,
            status: draft.status,
            content_type: draft.content_type,
            sequence,
            made_at,
            until,
            tag,
            body: draft.body.into(),
            variants: Default::default(),
            headers,
        }
    }

    /// Whether it is what would be made at that generation and time.
    #[must_use]
    pub fn holds(&self, sequence: i64, now: Timestamp) -> bool {
        self.sequence == sequence && self.made_at <= now && self.until.is_none_or(|until| now < until)
    }

    /// What it may take up in memory, in bytes: the body, at most as much again for each of its three compressed forms,
    /// and the headers.
    #[must_use]
    pub fn weight(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(_, value)| value.len() + 64).sum();
        self.body.len() * 4 + headers + 256
    }

    fn variant(&self, coding: Coding) -> Option<&OnceCell<Option<Bytes>>> {
        self.variants.get(coding as usize)
    }

    /// Makes the form that a client wants, where it has not been made yet; not where too many are being made: the client is
    /// then sent what there is, and the next one asks again.
    pub async fn prepare(&self, coding: Coding) {
        let Some(cell) = self.variant(coding).filter(|cell| !cell.initialized() && self.body.len() >= COMPRESS_BYTES_MIN) else { return };
        let Ok(_permit) = COMPRESSIONS.try_acquire() else { return };
        cell.get_or_init(|| async {
            let body = self.body.clone();
            // Off the worker: it may take longer than a hundred whole requests.
            let made = actix_web::web::block(move || coding.compress(&body)).await;
            match made {
                Ok(Ok(bytes)) if bytes.len() < self.body.len() => Some(Bytes::from(bytes)),
                Ok(Ok(_)) => None,
                Ok(Err(error)) => {
                    tracing::warn!(%error, coding = coding.name(), "a reply could not be compressed");
                    None
                }
                Err(_) => None,
            }
        })
        .await;
    }

    /// Whether nothing needs to be made before it can be sent in that coding.
    #[must_use]
    pub fn is_prepared(&self, coding: Coding) -> bool {
        self.body.len() < COMPRESS_BYTES_MIN || self.variant(coding).is_none_or(OnceCell::initialized)
    }

    /// The response to a request with these headers.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap, coding: Coding, now: Timestamp) -> HttpResponse {
        let compressed = self.variant(coding).and_then(OnceCell::get).and_then(Option::as_ref);
        let coding = if compressed.is_some() { coding } else { Coding::Identity };
        let known = self.known_tag(request, coding);
        let mut response = match &known {
            Some(_) => HttpResponse::with_body(StatusCode::NOT_MODIFIED, actix_web::body::BoxBody::new(())),
            None => HttpResponse::with_body(self.status, actix_web::body::BoxBody::new(compressed.unwrap_or(&self.body).clone())),
        };
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        let tag = known.or_else(|| HeaderValue::try_from(self.entity_tag(coding)).ok());
        if let Some(tag) = tag.filter(|_| self.status == StatusCode::OK) {
            headers.insert(header::ETAG, tag);
        }
        headers.insert(header::CACHE_CONTROL, self.cache_control(now));
        if response.status() == StatusCode::OK {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type.as_str()));
            if coding != Coding::Identity {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
            }
        }
        response
    }

    /// A strong tag differs between the codings of one content (RFC 9110, 8.8.3.3).
    fn entity_tag(&self, coding: Coding) -> String {
        match coding {
            Coding::Identity => format!("\"{}\"", self.tag),
            coding => format!("\"{}-{}\"", self.tag, coding.name()),
        }
    }

    /// The tag in `If-None-Match` that names this content in the coding that would be sent, or as it is, by the weak comparison
    /// (RFC 9110, 13.1.2). One of another coding is of no use to a client that does not ask for it.
    fn known_tag(&self, request: &HeaderMap, coding: Coding) -> Option<HeaderValue> {
        if self.status != StatusCode::OK {
            return None;
        }
        let own = self.entity_tag(coding);
        let mut known = None;
        for named in named_tags(request) {
            if named == "*" || named == own {
                return HeaderValue::try_from(own).ok();
            }
            let inner = named.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            if inner == Some(self.tag.as_str()) {
                known = HeaderValue::try_from(named).ok();
            }
        }
        known
    }

    /// Browsers ask each time; shared caches keep it, but never beyond the moment at which it changes by itself.
    fn cache_control(&self, now: Timestamp) -> HeaderValue {
        let left = self.until.map_or(i64::MAX, |until| (until.milliseconds() - now.milliseconds()).div_euclid(1000).max(0));
        if left >= SHARED_SECONDS + REVALIDATE_SECONDS {
            const { assert!(SHARED_SECONDS == 60 && REVALIDATE_SECONDS == 30) };
            return HeaderValue::from_static("public, max-age=0, s-maxage=60, stale-while-revalidate=30");
        }
        let shared = left.min(SHARED_SECONDS);
        let value = format!("public, max-age=0, s-maxage={shared}, stale-while-revalidate={}", left - shared);
        HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("no-store"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;
    use std::io::Read;

    fn accepted(value: &str) -> Coding {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::try_from(value).unwrap());
        Coding::accepted(&headers)
    }

    #[test]
    fn the_best_coding_that_a_client_takes_is_chosen() {
        assert_eq!(Coding::accepted(&HeaderMap::new()), Coding::Identity);
        for (value, coding) in [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, zstd", Coding::Zstd),
            ("gzip", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("GZIP;q=0.5, br;q=0.4", Coding::Gzip),
            ("br;q=0, gzip;q=0", Coding::Identity),
            ("identity, gzip;q=0.5", Coding::Identity),
            ("deflate", Coding::Identity),
            ("*", Coding::Identity),
            ("", Coding::Identity),
            ("br;q=x", Coding::Identity),
        ] {
            assert_eq!(accepted(value), coding, "{value}");
        }
    }

    #[test]
    fn every_coding_gives_the_body_back() {
        let body = "The ferry stays. ".repeat(500).into_bytes();
        for coding in Coding::ALL {
            let packed = coding.compress(&body).unwrap();
            let mut back = Vec::new();
            match coding {
                Coding::Brotli => drop(brotli::Decompressor::new(packed.as_slice(), 4096).read_to_end(&mut back).unwrap()),
                Coding::Zstd => back = zstd::bulk::decompress(&packed, 1 << 20).unwrap(),
                Coding::Gzip => drop(flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut back).unwrap()),
                Coding::Identity => back.clone_from(&packed),
            }
            assert!(back == body && (coding == Coding::Identity || packed.len() < body.len() / 4), "{coding:?}");
        }
    }

    fn reply(until: Option<Timestamp>) -> Reply {
        let draft = Draft {
            operation: Operation::NONE,
            status: StatusCode::OK,
            content_type: ContentType::Json,
            body: b"{}".to_vec(),
            last_modified: None,
            link: None,
            location: None,
        };
        Reply::new(draft, 7, Timestamp::from_milliseconds(0), until, &["site".to_owned()])
    }

    #[test]
    fn a_reply_never_outlives_its_next_change() {
        let moment = Timestamp::from_milliseconds(100_000);
        let control = |until, now| reply(until).cache_control(Timestamp::from_milliseconds(now)).to_str().unwrap().to_owned();
        assert_eq!(control(None, 0), "public, max-age=0, s-maxage=60, stale-while-revalidate=30");
        assert_eq!(control(Some(moment), 0), "public, max-age=0, s-maxage=60, stale-while-revalidate=30");
        assert_eq!(control(Some(moment), 25_000), "public, max-age=0, s-maxage=60, stale-while-revalidate=15");
        assert_eq!(control(Some(moment), 90_500), "public, max-age=0, s-maxage=9, stale-while-revalidate=0");
        assert_eq!(control(Some(moment), 99_999), "public, max-age=0, s-maxage=0, stale-while-revalidate=0");
        assert!(reply(Some(moment)).holds(7, Timestamp::from_milliseconds(99_999)));
        assert!(!reply(Some(moment)).holds(7, moment));
        assert!(!reply(None).holds(8, moment));
    }

    #[test]
    fn a_tag_is_known_in_the_coding_that_would_be_sent_and_as_it_is() {
        let reply = reply(None);
        let known = |value: String, coding| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::try_from(value).unwrap());
            reply.known_tag(&headers, coding).map(|tag| tag.to_str().unwrap().to_owned())
        };
        let tag = &reply.tag;
        let (plain, brotli) = (format!("\"{tag}\""), format!("\"{tag}-br\""));
        for coding in [Coding::Identity, Coding::Brotli] {
            assert_eq!(known(plain.clone(), coding), Some(plain.clone()));
            assert_eq!(known("*".to_owned(), coding), Some(reply.entity_tag(coding)));
        }
        assert_eq!(known(format!("\"a\", W/{brotli}"), Coding::Brotli), Some(brotli.clone()));
        assert_eq!(known(format!("{plain}, {brotli}"), Coding::Brotli), Some(brotli.clone()));
        // Whoever does not take it could do nothing with it.
        assert_eq!(known(brotli.clone(), Coding::Identity), None);
        assert_eq!(known(brotli.clone(), Coding::Gzip), None);
        for other in [format!("\"{tag}x\""), tag.clone(), String::new()] {
            assert_eq!(known(other, Coding::Identity), None);
        }
    }
}
