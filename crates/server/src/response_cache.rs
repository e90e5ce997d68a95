//! The replies of the delivery side, kept in memory by the request that they answer: bounded in bytes, filled by one
//! computation however many ask, and valid for one content generation only, so that nothing need ever be purged.

use crate::error::ApiError;
use crate::reply::Reply;
use masthead_domain::time::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// What an entry costs besides the reply, in bytes: the key, the table's slot, the counters of the pointer.
const OVERHEAD_BYTES: usize = 128;

#[derive(Clone)]
struct Weigh;

impl Weighter<Box<str>, Arc<Reply>> for Weigh {
    fn weight(&self, key: &Box<str>, reply: &Arc<Reply>) -> u64 {
        // A reply under two spellings of its request is counted twice; the bound holds all the same.
        u64::try_from(key.len() + reply.weight() + OVERHEAD_BYTES).unwrap_or(u64::MAX)
    }
}

type Outcome = Result<Arc<Reply>, ApiError>;

/// A computation under way, by generation and request.
type Flights = Mutex<HashMap<(i64, Box<str>), Arc<OnceCell<Outcome>>>>;

/// See the module.
pub struct ResponseCache {
    replies: Cache<Box<str>, Arc<Reply>, Weigh>,
    flights: Flights,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How the cache has done since the start.
#[derive(Debug, Clone, Copy)]
pub struct CacheCounts {
    pub hits: u64,
    pub misses: u64,
    pub replies: usize,
    pub bytes: u64,
}

impl ResponseCache {
    /// One that keeps at most so many bytes; none at all with 0.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        // A list of ten articles takes about 40 KB with its compressed forms.
        let estimated_replies = usize::try_from(bytes / 40_000).unwrap_or(usize::MAX).max(16);
        Self {
            replies: Cache::with_weighter(estimated_replies, bytes, Weigh),
            flights: Flights::default(),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// The reply to a request, if one is kept that holds now.
    #[must_use]
    pub fn find(&self, request: &str, sequence: i64, now: Timestamp) -> Option<Arc<Reply>> {
        let reply = self.replies.get(request).filter(|reply| reply.holds(sequence, now))?;
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(reply)
    }

    /// Keeps a reply under another spelling of its request.
    pub fn keep(&self, request: &str, reply: &Arc<Reply>) {
        self.replies.insert(request.into(), Arc::clone(reply));
    }

    /// The reply to a request at a generation: kept, being made by another request, or made now.
    pub async fn find_or_make<F: Future<Output = Outcome>>(&self, request: &str, sequence: i64, now: Timestamp, make: impl FnOnce() -> F) -> Outcome {
        if let Some(reply) = self.find(request, sequence, now) {
            return Ok(reply);
        }
        self.misses.fetch_add(1, Ordering::Relaxed);
        let flight = Flight::join(&self.flights, (sequence, request.into()));
        let outcome = flight.outcome.get_or_init(make).await.clone();
        if let Ok(reply) = &outcome {
            self.keep(request, reply);
        }
        outcome
    }

    #[must_use]
    pub fn counts(&self) -> CacheCounts {
        CacheCounts {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            replies: self.replies.len(),
            bytes: self.replies.weight(),
        }
    }
}

/// A place among those who wait for one computation. If the one who computes goes away, another takes over.
struct Flight<'a> {
    flights: &'a Flights,
    key: (i64, Box<str>),
    outcome: Arc<OnceCell<Outcome>>,
}

impl<'a> Flight<'a> {
    fn join(flights: &'a Flights, key: (i64, Box<str>)) -> Self {
        let outcome = Arc::clone(flights.lock().unwrap_or_else(PoisonError::into_inner).entry(key.clone()).or_default());
        Self { flights, key, outcome }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let is_listed = flights.get(&self.key).is_some_and(|listed| Arc::ptr_eq(listed, &self.outcome));
        // Nobody joins while the lock is held: with this one and the table's there is no other left.
        if is_listed && (self.outcome.initialized() || Arc::strong_count(&self.outcome) <= 2) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed computation is a failed test")]
    use super::*;
    use crate::error::ProblemCode;
    use crate::metrics::Operation;
    use crate::reply::{ContentType, Draft};
    use actix_web::http::StatusCode;
    use std::cell::Cell;

    fn reply(sequence: i64, body: Vec<u8>) -> Arc<Reply> {
        let draft = Draft {
            operation: Operation::NONE,
            status: StatusCode::OK,
            content_type: ContentType::Json,
            body,
            last_modified: None,
            link: None,
            location: None,
        };
        Arc::new(Reply::new(draft, sequence, Timestamp::from_milliseconds(0), None, &[]))
    }

    const NOW: Timestamp = Timestamp::EPOCH;

    #[actix_web::test]
    async fn many_who_ask_at_once_share_one_computation() {
        let (cache, made) = (ResponseCache::new(1 << 20), Cell::new(0));
        let (cache, made) = (&cache, &made);
        let ask = |sequence| {
            cache.find_or_make("/v1/x", sequence, NOW, move || async move {
                made.set(made.get() + 1);
                tokio::task::yield_now().await;
                Ok(reply(sequence, b"{}".to_vec()))
            })
        };
        let replies = [ask(1), ask(1), ask(1)];
        let [first, second, third] = replies;
        let (first, second, third) = tokio::join!(first, second, third);
        assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()) && third.is_ok() && made.get() == 1);
        ask(1).await.unwrap();
        assert_eq!(made.get(), 1);
        // Of another generation it is another reply.
        ask(2).await.unwrap();
        assert_eq!(made.get(), 2);
        assert!(cache.flights.lock().unwrap().is_empty());
    }

    #[actix_web::test]
    async fn whoever_gives_up_leaves_the_work_to_the_next() {
        let cache = ResponseCache::new(1 << 20);
        {
            let mut given_up = Box::pin(cache.find_or_make("/v1/x", 1, NOW, std::future::pending));
            assert!(tokio::time::timeout(std::time::Duration::ZERO, &mut given_up).await.is_err());
        }
        assert!(cache.flights.lock().unwrap().is_empty());
        let failed = cache.find_or_make("/v1/x", 1, NOW, || async { Err(ApiError::not_found()) }).await;
        assert_eq!(failed.unwrap_err().code, ProblemCode::NotFound);
        cache.find_or_make("/v1/x", 1, NOW, || async { Ok(reply(1, b"{}".to_vec())) }).await.unwrap();
    }

    #[test]
    fn memory_is_bounded_whatever_is_asked() {
        let cache = ResponseCache::new(1 << 20);
        for number in 0..10_000 {
            cache.keep(&format!("/v1/articles?cursor={number}"), &reply(1, vec![b' '; 2000]));
        }
        assert!(cache.counts().bytes <= 1 << 20 && cache.counts().replies > 50, "{:?}", cache.counts());
        // One that is larger than all there is room for is not kept at all.
        cache.keep("/v1/large", &reply(1, vec![b' '; 2 << 20]));
        assert!(cache.find("/v1/large", 1, NOW).is_none() && cache.counts().bytes <= 1 << 20);
        let none = ResponseCache::new(0);
        none.keep("/v1/x", &reply(1, b"{}".to_vec()));
        assert!(none.find("/v1/x", 1, NOW).is_none());
    }
}
