//! What is counted while requests are answered, and its text for Prometheus.
//!
//! A registry of our own rather than a library's: all names and labels are known at start, so that counting is an addition
//! at a known place, without a look-up by label, a lock or an allocation. Each thread that answers has a shard of its own,
//! so that no two write to the same place; the shards are added up when somebody asks.

use actix_web::http::Method;
use masthead_store::histogram::{BOUNDS_MICROSECONDS, Histogram, HistogramCounts};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// The statuses that are counted one by one, in order; the rest together.
const STATUSES: [u16; 26] =
    [200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 414, 415, 422, 428, 429, 431, 500, 503];

/// What a request was for: a method and a pattern of paths, by its number in the table of [`Metrics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation(u16);

impl Operation {
    /// No known path, or a request that no handler has seen.
    pub const NONE: Self = Self(0);
}

/// Why a connection was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nothing was asked for too long.
    Idle,
    /// The head of a request did not arrive in time.
    SlowHead,
    /// The client did not read what it had asked for.
    SlowReader,
}

impl Ended {
    const ALL: [(Self, &'static str); 3] = [(Self::Idle, "idle"), (Self::SlowHead, "slow_head"), (Self::SlowReader, "slow_reader")];
}

/// The counters of the whole process.
pub struct Metrics {
    operations: Vec<(Method, String)>,
    /// The number of each pattern's operations by method.
    numbers: HashMap<String, Vec<(Method, Operation)>>,
    shards: Vec<Arc<Shard>>,
    next_shard: AtomicUsize,
    connections: AtomicUsize,
    ended: [AtomicU64; Ended::ALL.len()],
}

/// The counters of one thread.
pub struct Shard {
    operations: Vec<Counters>,
    in_flight: AtomicI64,
}

#[derive(Default)]
struct Counters {
    statuses: [AtomicU64; STATUSES.len() + 1],
    latency: Histogram,
    bytes: AtomicU64,
}

/// A request that is being answered; counted as such until dropped.
pub struct InFlight(Arc<Shard>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl InFlight {
    #[must_use]
    pub fn begin(shard: &Arc<Shard>) -> Self {
        shard.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shard))
    }

    /// Counts the reply.
    pub fn answered(&self, operation: Operation, status: u16, took: Duration, bytes: u64) {
        self.0.count(operation, status, took, bytes);
    }
}

impl Shard {
    /// Counts a reply.
    pub fn count(&self, operation: Operation, status: u16, took: Duration, bytes: u64) {
        let Some(counters) = self.operations.get(usize::from(operation.0)) else { return };
        let place = STATUSES.binary_search(&status).unwrap_or(STATUSES.len());
        if let Some(count) = counters.statuses.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        counters.latency.observe(took);
        counters.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counters for these operations, in a shard for each of so many threads.
    #[must_use]
    pub fn new(operations: impl Iterator<Item = (Method, String)>, threads: usize) -> Arc<Self> {
        let operations: Vec<(Method, String)> = std::iter::once((Method::GET, String::new())).chain(operations).collect();
        let mut numbers: HashMap<String, Vec<(Method, Operation)>> = HashMap::new();
        for ((method, pattern), number) in operations.iter().zip(0..=u16::MAX).skip(1) {
            numbers.entry(pattern.clone()).or_default().push((method.clone(), Operation(number)));
        }
        let shard = || Shard { operations: operations.iter().map(|_| Counters::default()).collect(), in_flight: AtomicI64::new(0) };
        let shards = (0..threads.max(1)).map(|_| Arc::new(shard())).collect();
        Arc::new(Self { operations, numbers, shards, next_shard: AtomicUsize::new(0), connections: AtomicUsize::new(0), ended: Default::default() })
    }

    /// A shard for a thread that begins to answer.
    #[must_use]
    pub fn shard(&self) -> Arc<Shard> {
        let turn = self.next_shard.fetch_add(1, Ordering::Relaxed);
        let shard = turn.checked_rem(self.shards.len()).and_then(|turn| self.shards.get(turn));
        shard.map_or_else(|| Arc::new(Shard { operations: Vec::new(), in_flight: AtomicI64::new(0) }), Arc::clone)
    }

    /// The operation of a method and a pattern.
    #[must_use]
    pub fn operation(&self, method: &Method, pattern: Option<&str>) -> Operation {
        let methods = pattern.and_then(|pattern| self.numbers.get(pattern));
        methods.and_then(|methods| methods.iter().find(|(known, _)| known == method)).map_or(Operation::NONE, |(_, operation)| *operation)
    }

    /// The pattern of an operation; nothing for [`Operation::NONE`].
    #[must_use]
    pub fn pattern(&self, operation: Operation) -> &str {
        self.operations.get(usize::from(operation.0)).map_or("", |(_, pattern)| pattern)
    }

    /// Counts a connection that was opened; returns how many there are.
    pub fn connection_opened(&self) -> usize {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn connection_closed(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Counts a connection that was ended by the server.
    pub fn connection_ended(&self, why: Ended) {
        if let Some(count) = self.ended.get(why as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many requests are being answered.
    #[must_use]
    pub fn in_flight(&self) -> i64 {
        self.shards.iter().map(|shard| shard.in_flight.load(Ordering::Relaxed)).sum()
    }

    /// Writes what is counted here. Only operations that were asked for are written.
    pub fn write(&self, text: &mut Text) {
        struct Sum {
            labels: String,
            statuses: Vec<u64>,
            latency: HistogramCounts,
            bytes: u64,
        }
        let mut sums = Vec::new();
        for (number, (method, pattern)) in self.operations.iter().enumerate() {
            let mut sum = Sum {
                labels: format!("method=\"{method}\",route=\"{pattern}\""),
                statuses: vec![0; STATUSES.len() + 1],
                latency: HistogramCounts::default(),
                bytes: 0,
            };
            for counters in self.shards.iter().filter_map(|shard| shard.operations.get(number)) {
                for (to, from) in sum.statuses.iter_mut().zip(&counters.statuses) {
                    *to += from.load(Ordering::Relaxed);
                }
                sum.latency.add(&counters.latency.counts());
                sum.bytes += counters.bytes.load(Ordering::Relaxed);
            }
            if sum.latency.total() > 0 {
                sums.push(sum);
            }
        }
        text.family("masthead_http_requests_total", "counter", "Requests by route and status; HEAD counts as GET.");
        for sum in &sums {
            let names = STATUSES.iter().map(u16::to_string).chain(std::iter::once("other".to_owned()));
            for (status, count) in names.zip(&sum.statuses).filter(|(_, count)| **count > 0) {
                text.sample("", &format!("{},status=\"{status}\"", sum.labels), count);
            }
        }
        text.family("masthead_http_request_duration_seconds", "histogram", "From the arrival of the head to the beginning of the reply.");
        for sum in &sums {
            text.histogram(&sum.labels, &sum.latency);
        }
        text.family("masthead_http_response_bytes_total", "counter", "Bytes of reply bodies.");
        for sum in &sums {
            text.sample("", &sum.labels, sum.bytes);
        }
        text.one("masthead_http_requests_in_flight", "gauge", "Requests that are being answered.", self.in_flight());
        text.one("masthead_connections", "gauge", "Open connections.", self.connections());
        text.family("masthead_connections_ended_total", "counter", "Connections that were ended for their slowness.");
        for ((_, reason), count) in Ended::ALL.iter().zip(&self.ended) {
            text.sample("", &format!("reason=\"{reason}\""), count.load(Ordering::Relaxed));
        }
    }
}

/// Metrics in the text format of Prometheus, version 0.0.4.
#[derive(Debug, Default)]
pub struct Text {
    text: String,
    family: &'static str,
}

impl Text {
    /// Begins a family of samples.
    pub fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.family = name;
        // A string takes whatever is written to it.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a sample to the family that was begun last. The labels are text of ours, with nothing in it to escape.
    pub fn sample(&mut self, suffix: &str, labels: &str, value: impl std::fmt::Display) {
        let name = self.family;
        let _ =
            if labels.is_empty() { writeln!(self.text, "{name}{suffix} {value}") } else { writeln!(self.text, "{name}{suffix}{{{labels}}} {value}") };
    }

    /// A family of one sample.
    pub fn one(&mut self, name: &'static str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.sample("", "", value);
    }

    /// Adds a histogram, in seconds, to the family that was begun last.
    pub fn histogram(&mut self, labels: &str, counts: &HistogramCounts) {
        let mut total = 0;
        for (bound, count) in BOUNDS_MICROSECONDS.iter().zip(&counts.classes) {
            total += count;
            let seconds = Duration::from_micros(*bound).as_secs_f64();
            self.sample("_bucket", &format!("{labels},le=\"{seconds}\""), total);
        }
        self.sample("_bucket", &format!("{labels},le=\"+Inf\""), counts.total());
        self.sample("_sum", labels, counts.sum.as_secs_f64());
        self.sample("_count", labels, counts.total());
    }

    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics() -> Arc<Metrics> {
        Metrics::new([(Method::GET, "/v1/tags".to_owned()), (Method::POST, "/v1/tags".to_owned())].into_iter(), 2)
    }

    #[test]
    fn what_all_threads_count_is_added_up() {
        let metrics = metrics();
        let get = metrics.operation(&Method::GET, Some("/v1/tags"));
        for status in [200, 200, 503, 599] {
            let shard = metrics.shard();
            let flight = InFlight::begin(&shard);
            assert_eq!(metrics.in_flight(), 1);
            flight.answered(get, status, Duration::from_micros(300), 10);
        }
        metrics.shard().count(metrics.operation(&Method::DELETE, Some("/v1/tags")), 405, Duration::ZERO, 0);
        let mut text = Text::default();
        metrics.write(&mut text);
        let text = text.finish();
        for line in [
            "masthead_http_requests_total{method=\"GET\",route=\"/v1/tags\",status=\"200\"} 2",
            "masthead_http_requests_total{method=\"GET\",route=\"/v1/tags\",status=\"503\"} 1",
            "masthead_http_requests_total{method=\"GET\",route=\"/v1/tags\",status=\"other\"} 1",
            "masthead_http_requests_total{method=\"GET\",route=\"\",status=\"405\"} 1",
            "masthead_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/tags\",le=\"0.00025\"} 0",
            "masthead_http_request_duration_seconds_bucket{method=\"GET\",route=\"/v1/tags\",le=\"0.0005\"} 4",
            "masthead_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/tags\"} 4",
            "masthead_http_response_bytes_total{method=\"GET\",route=\"/v1/tags\"} 40",
            "masthead_http_requests_in_flight 0",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("POST"), "{text}");
    }

    #[test]
    fn statuses_are_in_order_and_reasons_in_their_places() {
        assert!(STATUSES.is_sorted());
        assert!(Ended::ALL.iter().enumerate().all(|(place, (ended, _))| *ended as usize == place));
    }
}
