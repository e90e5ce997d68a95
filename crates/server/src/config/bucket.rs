//! The settings of a bucket for the media. They belong together, so all that is wrong with them is said at once.

use super::{ConfigFault, VARIABLES};
use masthead_domain::secret::Secret;
use std::time::Duration;
use url::{Host, Url};

/// What they all begin with.
const FAMILY: &str = "MASTHEAD_MEDIA_S3_";

const BUCKET: &str = "MASTHEAD_MEDIA_S3_BUCKET";
const ENDPOINT: &str = "MASTHEAD_MEDIA_S3_ENDPOINT";
const REGION: &str = "MASTHEAD_MEDIA_S3_REGION";
const ACCESS_KEY_ID: &str = "MASTHEAD_MEDIA_S3_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "MASTHEAD_MEDIA_S3_SECRET_ACCESS_KEY";
const PREFIX: &str = "MASTHEAD_MEDIA_S3_PREFIX";
const ADDRESSING: &str = "MASTHEAD_MEDIA_S3_ADDRESSING";
const ALLOW_HTTP: &str = "MASTHEAD_MEDIA_S3_ALLOW_HTTP";

/// Most stores know only this one, or do not look at it; AWS has many.
const REGION_ELSEWHERE: &str = "us-east-1";

/// The longest prefix, in bytes: a key may have 1024.
const PREFIX_BYTES_MAX: usize = 512;

/// A bucket of an S3-compatible store.
#[derive(Debug, Clone)]
pub struct MediaBucket {
    /// `MASTHEAD_MEDIA_S3_BUCKET`: its name.
    pub name: String,
    /// `MASTHEAD_MEDIA_S3_ENDPOINT`: the address of the store; AWS where absent.
    pub endpoint: Option<Url>,
    /// `MASTHEAD_MEDIA_S3_REGION`: where it is.
    pub region: String,
    /// `MASTHEAD_MEDIA_S3_ACCESS_KEY_ID`: which key requests are signed with.
    pub access_key_id: String,
    /// `MASTHEAD_MEDIA_S3_SECRET_ACCESS_KEY`: that key.
    pub secret_access_key: Secret,
    /// `MASTHEAD_MEDIA_S3_PREFIX`: what all names in it begin with; without slashes at its ends.
    pub prefix: String,
    /// `MASTHEAD_MEDIA_S3_ADDRESSING`: where the bucket's name stands in an address.
    pub addressing: Addressing,
    /// How long is waited for it; not a setting.
    pub limits: BucketLimits,
}

/// Where the bucket's name stands in the address of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// `https://store.example/bucket/key`.
    Path,
    /// `https://bucket.store.example/key`.
    VirtualHost,
}

/// How long is waited for a bucket.
#[derive(Debug, Clone, Copy)]
pub struct BucketLimits {
    /// For a connection.
    pub connect: Duration,
    /// For one request with its answer; one that failed is tried again.
    pub request: Duration,
    /// For something to be read, listed or removed, with all tries and with the wait for a turn.
    pub read: Duration,
    /// For a file to be written, likewise.
    pub write: Duration,
}

impl Default for BucketLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), request: Duration::from_secs(30), read: Duration::from_secs(10), write: Duration::from_secs(120) }
    }
}

/// Reads the settings; none where none is set. `get` gives the value of a variable that is set.
///
/// # Errors
/// Everything that is missing, that cannot be understood or that contradicts, with the remedy.
pub fn read(get: &impl Fn(&'static str) -> Option<String>) -> Result<Option<MediaBucket>, Vec<ConfigFault>> {
    let Some(name) = get(BUCKET) else {
        let set: Vec<&str> = VARIABLES.into_iter().filter(|variable| variable.starts_with(FAMILY) && get(variable).is_some()).collect();
        if set.is_empty() {
            return Ok(None);
        }
        return Err(vec![fault(BUCKET, format!("must be the name of a bucket where {} is set; or take that away", set.join(", ")))]);
    };
    let mut faults = Vec::new();
    if !is_bucket_name(&name) {
        faults.push(fault(BUCKET, format!("{name:?} is no name of a bucket: 3 to 63 letters in lower case, digits, dots and hyphens")));
    }
    let is_http_allowed = match get(ALLOW_HTTP).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            faults.push(fault(ALLOW_HTTP, format!("{other:?} is neither true nor false")));
            // One fault is enough; that of the endpoint may be none.
            true
        }
    };
    let endpoint = get(ENDPOINT).and_then(|text| kept(endpoint(&text, is_http_allowed), ENDPOINT, &mut faults));
    let has_endpoint = get(ENDPOINT).is_some();
    let region = match get(REGION) {
        Some(region) if region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') => region,
        Some(region) => {
            faults.push(fault(REGION, format!("{region:?} is no region like eu-central-1")));
            region
        }
        None => {
            if !has_endpoint {
                faults.push(fault(REGION, format!("must be the region of the bucket, like eu-central-1; for others than AWS set {ENDPOINT}")));
            }
            REGION_ELSEWHERE.to_owned()
        }
    };
    let mut key = |variable: &'static str| match get(variable) {
        Some(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => text,
        // What was typed may be most of a secret: it is not repeated.
        Some(_) => {
            faults.push(fault(variable, "has spaces or other characters that no key has"));
            String::new()
        }
        None => {
            faults.push(fault(variable, format!("must be set together with {BUCKET}")));
            String::new()
        }
    };
    let (access_key_id, secret_access_key) = (key(ACCESS_KEY_ID), Secret::new(key(SECRET_ACCESS_KEY)));
    let prefix = get(PREFIX).and_then(|text| kept(prefix(&text), PREFIX, &mut faults)).unwrap_or_default();
    let addressing = match get(ADDRESSING).as_deref() {
        // What the others understand without a name service that knows all buckets.
        None if has_endpoint || name.contains('.') => Addressing::Path,
        None | Some("virtual-host") => Addressing::VirtualHost,
        Some("path") => Addressing::Path,
        Some(other) => {
            faults.push(fault(ADDRESSING, format!("{other:?} is neither path nor virtual-host")));
            Addressing::Path
        }
    };
    if addressing == Addressing::VirtualHost {
        if endpoint.as_ref().is_some_and(|url| !matches!(url.host(), Some(Host::Domain(_)))) {
            faults.push(fault(ADDRESSING, format!("must be path, since no name of a bucket can stand before an address in numbers ({ENDPOINT})")));
        }
        if name.contains('.') && endpoint.as_ref().is_none_or(|url| url.scheme() == "https") {
            faults.push(fault(ADDRESSING, format!("must be path, since a certificate holds for no name with dots before it ({BUCKET})")));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let limits = BucketLimits::default();
    Ok(Some(MediaBucket { name, endpoint, region, access_key_id, secret_access_key, prefix, addressing, limits }))
}

fn fault(variable: &'static str, cause: impl Into<String>) -> ConfigFault {
    ConfigFault { variable, cause: cause.into() }
}

fn kept<T>(read: Result<T, String>, variable: &'static str, faults: &mut Vec<ConfigFault>) -> Option<T> {
    read.map_err(|cause| faults.push(fault(variable, cause))).ok()
}

/// As AWS has them, which every store takes.
fn is_bucket_name(name: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| is_alphanumeric(byte) || byte == b'-' || byte == b'.')
        && name.bytes().next().is_some_and(is_alphanumeric)
        && name.bytes().next_back().is_some_and(is_alphanumeric)
        && !name.contains("..")
}

fn endpoint(text: &str, is_http_allowed: bool) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    // It may have a password in it, so what was typed is not repeated.
    let url = url.ok_or_else(|| "is no http or https address like https://s3.store.example".to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("must have no user and no password; set {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must have no query and no fragment".to_owned());
    }
    if url.scheme() == "http" && !is_http_allowed && !is_loopback(&url) {
        return Err(format!("must begin with https://; where nobody else can listen on the way, set {ALLOW_HTTP}=true"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn prefix(text: &str) -> Result<String, String> {
    let prefix = text.trim_end_matches('/');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_segment = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
    if prefix.len() > PREFIX_BYTES_MAX || !prefix.split('/').all(is_segment) {
        return Err(format!(
            "{text:?} is no prefix like papers/harbour: letters, digits, dots, hyphens, underscores and single slashes, {PREFIX_BYTES_MAX} at most"
        ));
    }
    Ok(prefix.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed read is a failed test")]
    use super::*;

    const WHOLE: [(&str, &str); 4] =
        [(BUCKET, "harbour-media"), (REGION, "ap-southeast-2"), (ACCESS_KEY_ID, "AKIAEXAMPLE"), (SECRET_ACCESS_KEY, "quite/secret+key")];

    /// Those of [`WHOLE`], changed; an empty value takes one away.
    fn with(changes: &[(&str, &str)]) -> Result<Option<MediaBucket>, Vec<ConfigFault>> {
        read(&|name| {
            let all = changes.iter().chain(&WHOLE);
            let (_, value) = all.into_iter().find(|(key, _)| *key == name)?;
            Some((*value).to_owned()).filter(|value| !value.is_empty())
        })
    }

    fn refused(changes: &[(&str, &str)]) -> Vec<&'static str> {
        with(changes).unwrap_err().into_iter().map(|fault| fault.variable).collect()
    }

    #[test]
    fn nothing_set_is_no_bucket() {
        assert!(read(&|_| None).unwrap().is_none());
    }

    #[test]
    fn what_is_set_is_read() {
        let aws = with(&[]).unwrap().unwrap();
        assert_eq!((aws.endpoint, aws.addressing, aws.prefix.as_str()), (None, Addressing::VirtualHost, ""));
        assert_eq!(with(&[(BUCKET, "media.paper.example")]).unwrap().unwrap().addressing, Addressing::Path);
        let other = with(&[(ENDPOINT, "https://s3.store.example"), (REGION, ""), (PREFIX, "papers/harbour/")]).unwrap().unwrap();
        assert_eq!((other.addressing, other.region.as_str(), other.prefix.as_str()), (Addressing::Path, "us-east-1", "papers/harbour"));
        for endpoint in ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"] {
            with(&[(ENDPOINT, endpoint)]).unwrap();
        }
        with(&[(ENDPOINT, "http://minio.internal:9000"), (ALLOW_HTTP, "true")]).unwrap();
        with(&[(ENDPOINT, "https://store.example"), (ADDRESSING, "virtual-host")]).unwrap();
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let all = [(BUCKET, "My Bucket"), (ENDPOINT, "ftp://store"), (REGION, "Sydney!"), (ACCESS_KEY_ID, ""), (SECRET_ACCESS_KEY, "two words")];
        let more = [(PREFIX, "/a//b"), (ADDRESSING, "dns"), (ALLOW_HTTP, "yes")];
        assert_eq!(
            refused(&[&all[..], &more].concat()),
            [BUCKET, ALLOW_HTTP, ENDPOINT, REGION, ACCESS_KEY_ID, SECRET_ACCESS_KEY, PREFIX, ADDRESSING]
        );
    }

    #[test]
    fn what_is_missing_or_contradicts_is_refused() {
        for (changes, variable) in [
            (&[(BUCKET, "")][..], BUCKET),
            (&[(REGION, "")], REGION),
            (&[(ACCESS_KEY_ID, "")], ACCESS_KEY_ID),
            (&[(SECRET_ACCESS_KEY, "")], SECRET_ACCESS_KEY),
            (&[(ENDPOINT, "http://minio.internal:9000")], ENDPOINT),
            (&[(ENDPOINT, "http://minio.internal:9000"), (ALLOW_HTTP, "false")], ENDPOINT),
            (&[(ENDPOINT, "https://key:secret@store.example")], ENDPOINT),
            (&[(ENDPOINT, "https://store.example/?a=1")], ENDPOINT),
            (&[(ENDPOINT, "https://192.0.2.1"), (ADDRESSING, "virtual-host")], ADDRESSING),
            (&[(BUCKET, "media.paper.example"), (ADDRESSING, "virtual-host")], ADDRESSING),
            (&[(PREFIX, "a/../b")], PREFIX),
        ] {
            assert_eq!(refused(changes), [variable], "{changes:?}");
        }
    }

    #[test]
    fn no_secret_is_repeated() {
        let bucket = with(&[]).unwrap().unwrap();
        assert!(!format!("{bucket:?}").contains("quite"), "{bucket:?}");
        for changes in [&[(SECRET_ACCESS_KEY, "quite a secret")][..], &[(ENDPOINT, "https://key:quite@store.example")], &[(ENDPOINT, "quite")]] {
            let faults = with(changes).unwrap_err();
            assert!(!format!("{faults:?}").contains("quite"), "{faults:?}");
        }
    }
}
