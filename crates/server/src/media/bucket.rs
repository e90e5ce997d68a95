//! Files in a bucket of an S3-compatible store.
//!
//! The bucket has a thread of its own: there requests are signed, which takes a digest of what is sent, sent and tried again. So
//! whoever answers readers never works for it and only waits, for as long as the limits say.

use super::storage::{StorageError, place_path};
use crate::config::bucket::{Addressing, BucketLimits, MediaBucket};
use actix_web::web::Bytes;
use masthead_domain::column::AnyId;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, Error, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// What is read at once for a reader.
const READ_BYTES: u64 = 512 * 1024;

/// Larger files are written in parts.
const WHOLE_BYTES_MAX: usize = 16 << 20;

/// The size of such a part, and what is read at once of a file that is wanted whole; a store takes no smaller ones than 5 MiB.
const PART_BYTES: usize = 8 << 20;

/// How many requests may be under way at once; more wait for their turn.
const REQUESTS_MAX: usize = 64;

/// How often a request that failed is tried again.
const RETRIES_MAX: usize = 3;

/// After this time a request is not tried again.
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// How long is waited before a request is tried again: at first, and at most.
const RETRY_WAIT: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// A connection that nobody uses is closed before the store closes it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// Threads for asking where the store is.
const NAME_THREADS: usize = 2;

/// A bucket; see the module.
#[derive(Debug, Clone)]
pub struct Bucket(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: AmazonS3,
    /// What all keys begin with, without a slash at its end; may be empty.
    prefix: String,
    limits: BucketLimits,
    turns: Arc<Semaphore>,
    runtime: Handle,
    /// Its thread ends when this goes.
    _open: oneshot::Sender<()>,
}

impl Bucket {
    /// Makes what is needed to speak to a bucket, and starts its thread. The bucket itself is not asked for anything.
    ///
    /// # Errors
    /// Those of the system; a machine without certificates that it trusts.
    pub fn open(settings: &MediaBucket) -> std::io::Result<Self> {
        let failed = |error: Error| {
            let name = &settings.name;
            std::io::Error::other(format!("the bucket {name}: {}; a system that trusts no certificates needs ca-certificates", cause(&error)))
        };
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(NAME_THREADS).build()?;
        let handle = runtime.handle().clone();
        let (open, closed) = oneshot::channel::<()>();
        thread::Builder::new().name("bucket".to_owned()).spawn(move || {
            // Nothing is ever sent: it ends when the other side goes.
            let _ = runtime.block_on(closed);
        })?;
        let limits = settings.limits;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&settings.name)
            .with_region(&settings.region)
            .with_access_key_id(&settings.access_key_id)
            .with_secret_access_key(settings.secret_access_key.expose())
            .with_virtual_hosted_style_request(settings.addressing == Addressing::VirtualHost)
            // Not every store can remove many at once, and nobody waits for it.
            .with_disable_bulk_delete(true)
            .with_http_connector(Connector(limits))
            .with_retry(RetryConfig {
                backoff: BackoffConfig { init_backoff: RETRY_WAIT.0, max_backoff: RETRY_WAIT.1, base: 2.0 },
                max_retries: RETRIES_MAX,
                retry_timeout: RETRY_TIMEOUT,
            });
        if let Some(address) = settings.endpoint.as_ref() {
            builder = builder.with_endpoint(endpoint(address, settings)?);
        }
        let store = builder.build().map_err(failed)?;
        let (prefix, turns) = (settings.prefix.clone(), Arc::new(Semaphore::new(REQUESTS_MAX)));
        Ok(Self(Arc::new(Inner { store, prefix, limits, turns, runtime: handle, _open: open })))
    }

    /// The place of a file in the bucket; see [`place_path`].
    fn place(&self, place: AnyId) -> Path {
        Path::from(format!("{}/{}", self.0.prefix, place_path(place)))
    }

    /// Keeps a file: whole, or not at all. Goes on to its end when nobody waits any more.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn put(&self, place: AnyId, name: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        let key = self.place(place).join(name);
        let BucketLimits { write, read, .. } = self.0.limits;
        let end = Instant::now() + write;
        // What is over then is for taking back what was written in vain.
        self.run(write.saturating_add(read), move |bucket| async move {
            let (store, bytes) = (&bucket.0.store, Bytes::from(bytes));
            if bytes.len() <= WHOLE_BYTES_MAX {
                return in_time(end, store.put(&key, PutPayload::from_bytes(bytes))).await.map(drop);
            }
            let mut upload = in_time(end, store.put_multipart(&key)).await?;
            let written = in_time(end, put_parts(&mut *upload, bytes)).await;
            if written.is_err() && upload.abort().await.is_err() {
                tracing::warn!(%key, "parts of a file that could not be written are left in the bucket");
            }
            written
        })
        .await
    }

    /// Finds a file, if there is one, and reads its beginning.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn open_file(&self, place: AnyId, name: &str) -> Result<Option<Object>, StorageError> {
        let key = self.place(place).join(name);
        self.run(self.0.limits.read, move |bucket| async move {
            let options = GetOptions::new().with_range(Some(0..READ_BYTES));
            let found = match bucket.0.store.get_opts(&key, options).await {
                Err(error @ Error::NotFound { .. }) if !is_bucket_missing(&error) => return Ok(None),
                found => found?,
            };
            let (size, entity_tag) = (found.meta.size, found.meta.e_tag.clone());
            let beginning = found.bytes().await?;
            Ok(Some(Object { bucket, key, size, entity_tag, beginning }))
        })
        .await
    }

    /// A whole file, if there is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read(&self, place: AnyId, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(object) = self.open_file(place, name).await? else { return Ok(None) };
        let mut bytes = Vec::with_capacity(usize::try_from(object.size).unwrap_or_default());
        bytes.extend_from_slice(&object.beginning);
        while (bytes.len() as u64) < object.size {
            bytes.extend_from_slice(&object.read_part(bytes.len() as u64..object.size, PART_BYTES as u64).await?);
        }
        Ok(Some(bytes))
    }

    /// Removes everything of a place; nothing there is well too.
    ///
    /// # Errors
    /// Those of the store; what was removed until then stays removed.
    pub async fn remove(&self, place: AnyId) -> Result<(), StorageError> {
        let folder = self.place(place);
        let listed = self.run(self.0.limits.read, move |bucket| async move { bucket.0.store.list_with_delimiter(Some(&folder)).await }).await?;
        for object in listed.objects {
            self.run(self.0.limits.read, move |bucket| async move { bucket.0.store.delete(&object.location).await }).await?;
        }
        Ok(())
    }

    /// Has something done on the thread of the bucket, within a time.
    async fn run<T, F>(&self, limit: Duration, work: impl FnOnce(Self) -> F + Send + 'static) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send,
    {
        let (bucket, turns) = (self.clone(), Arc::clone(&self.0.turns));
        let work = async move {
            let _turn = turns.acquire().await;
            work(bucket).await
        };
        let done = self.0.runtime.spawn(in_time(Instant::now() + limit, work));
        done.await.map_err(|error| StorageError::new(error.to_string()))?.map_err(|error| StorageError::new(cause(&error)))
    }
}

async fn in_time<T>(end: Instant, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout_at(end, work).await.unwrap_or_else(|_| Err(failure("no answer in time".into())))
}

async fn put_parts(upload: &mut dyn MultipartUpload, mut bytes: Bytes) -> Result<(), Error> {
    while !bytes.is_empty() {
        // One after the other: an editor waits, and readers need the line too.
        upload.put_part(PutPayload::from_bytes(bytes.split_to(PART_BYTES.min(bytes.len())))).await?;
    }
    upload.complete().await.map(drop)
}

/// A file that has been found in a bucket.
#[derive(Debug, Clone)]
pub struct Object {
    bucket: Bucket,
    key: Path,
    /// In bytes.
    pub size: u64,
    entity_tag: Option<String>,
    /// As much of it as is read at once; a small file is whole.
    pub beginning: Bytes,
}

impl Object {
    /// The beginning of a part, as much as a reader gets at once; the part lies within the file and is not empty.
    ///
    /// # Errors
    /// Those of the store; a file that is another one by now.
    pub async fn read_beginning(&self, part: Range<u64>) -> Result<Bytes, StorageError> {
        self.read_part(part, READ_BYTES).await
    }

    async fn read_part(&self, part: Range<u64>, bytes_max: u64) -> Result<Bytes, StorageError> {
        let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(self.beginning.len());
        if place(part.start) < self.beginning.len() {
            return Ok(self.beginning.slice(place(part.start)..place(part.end)));
        }
        let options = GetOptions {
            range: Some((part.start..part.end.min(part.start.saturating_add(bytes_max))).into()),
            // A rendition may have been made anew, and parts of two files would make none.
            if_match: self.entity_tag.clone(),
            ..GetOptions::default()
        };
        let key = self.key.clone();
        self.bucket.run(self.bucket.0.limits.read, move |bucket| async move { bucket.0.store.get_opts(&key, options).await?.bytes().await }).await
    }
}

/// Makes connections. No proxy that the environment names is asked: what is not in the settings does not count.
#[derive(Debug)]
struct Connector(BucketLimits);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> Result<HttpClient, Error> {
        let Self(limits) = self;
        let client = reqwest::Client::builder()
            .user_agent(concat!("masthead/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect)
            .timeout(limits.request)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(REQUESTS_MAX)
            .build();
        client.map(HttpClient::new).map_err(|error| failure(error.into()))
    }
}

/// The address that keys follow, but for the bucket's name where that is part of the path.
fn endpoint(address: &Url, settings: &MediaBucket) -> std::io::Result<String> {
    let mut address = address.clone();
    if let (Addressing::VirtualHost, Some(Host::Domain(host))) = (settings.addressing, address.host()) {
        let host = format!("{}.{host}", settings.name);
        address.set_host(Some(&host)).map_err(|error| std::io::Error::other(format!("{host}: {error}")))?;
    }
    Ok(address.as_str().trim_end_matches('/').to_owned())
}

fn failure(source: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::Generic { store: "bucket", source }
}

/// What the store calls a failure, by the code in its answer.
fn code(text: &str) -> Option<&str> {
    text.split_once("<Code>")?.1.split_once("</Code>").map(|(code, _)| code)
}

/// A store says 404 of a bucket that is not there too, and then nothing is known of the file.
fn is_bucket_missing(error: &Error) -> bool {
    code(&error.to_string()) == Some("NoSuchBucket")
}

/// The longest cause that is logged, in characters.
const CAUSE_CHARACTERS_MAX: usize = 500;

/// A failure for the log: with the store's code for it and with what is at the bottom of it, like a certificate that is not
/// trusted; without the rest of the store's answer, which repeats what was signed.
fn cause(error: &Error) -> String {
    let text = error.to_string();
    let mut cause = before_answer(&text).to_owned();
    let bottom = std::iter::successors(std::error::Error::source(error), |error| error.source()).last().map(ToString::to_string);
    for more in [bottom.as_deref().map(before_answer), code(&text)].into_iter().flatten() {
        if !cause.contains(more) {
            cause.push_str(": ");
            cause.push_str(more);
        }
    }
    cause.chars().take(CAUSE_CHARACTERS_MAX).collect()
}

/// A message up to where it quotes an answer, in XML mostly.
fn before_answer(text: &str) -> &str {
    text.split(['<', '{']).next().unwrap_or_default().trim_end_matches([' ', ':'])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed call is a failed test")]
    use super::*;
    use masthead_domain::secret::Secret;

    #[test]
    fn what_is_logged_has_the_code_and_nothing_that_was_signed() {
        let said = "Server returned non-2xx status code: 403 Forbidden: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
                    <StringToSign>AWS4-HMAC-SHA256 20261126</StringToSign><SignatureProvided>8f1c</SignatureProvided></Error>";
        let logged = cause(&failure(said.into()));
        assert!(logged.ends_with("403 Forbidden: SignatureDoesNotMatch"), "{logged}");
        assert!(!logged.contains("HMAC") && !logged.contains("8f1c"), "{logged}");
        let logged = cause(&failure("connection refused".into()));
        assert!(logged.ends_with("connection refused"), "{logged}");
        assert!(cause(&failure("x".repeat(9_000).into())).len() <= CAUSE_CHARACTERS_MAX);
    }

    #[test]
    fn what_is_logged_tells_why_a_store_cannot_be_reached() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let client = Connector(BucketLimits::default()).connect(&ClientOptions::new()).unwrap();
        let request = object_store::client::HttpRequest::new(object_store::client::HttpRequestBody::empty());
        let (mut parts, body) = request.into_parts();
        parts.uri = format!("http://{closed}/").parse().unwrap();
        let request = object_store::client::HttpRequest::from_parts(parts, body);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(client.execute(request)).unwrap_err();
        let logged = cause(&failure(error.into()));
        assert!(logged.contains("Connection refused"), "{logged}");
    }

    #[test]
    fn the_name_of_the_bucket_stands_where_it_is_meant_to() {
        let at = |address: &str, addressing| {
            let settings = MediaBucket {
                name: "harbour".to_owned(),
                endpoint: Some(address.parse().unwrap()),
                region: "us-east-1".to_owned(),
                access_key_id: "AKIAEXAMPLE".to_owned(),
                secret_access_key: Secret::new("quite a secret"),
                prefix: String::new(),
                addressing,
                limits: BucketLimits::default(),
            };
            let bucket = Bucket::open(&settings).unwrap();
            assert!(!format!("{bucket:?}").contains("quite"), "{bucket:?}");
            endpoint(settings.endpoint.as_ref().unwrap(), &settings).unwrap()
        };
        assert_eq!(at("https://store.example:9000/", Addressing::Path), "https://store.example:9000");
        assert_eq!(at("https://store.example:9000/", Addressing::VirtualHost), "https://harbour.store.example:9000");
        assert_eq!(at("https://store.example/storage/v1/s3", Addressing::Path), "https://store.example/storage/v1/s3");
    }
}
