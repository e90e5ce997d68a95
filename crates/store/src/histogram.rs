//! How long things took, counted in classes: for a scraper that makes quantiles of them. Nothing is locked and nothing
//! allocated, so that counting costs nanoseconds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the classes, in microseconds; a last class takes what is longer.
pub const BOUNDS_MICROSECONDS: [u64; 16] =
    [100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000];

/// How many classes there are.
pub const CLASSES: usize = BOUNDS_MICROSECONDS.len() + 1;

/// Counts by class, and the sum of all that was counted.
#[derive(Debug, Default)]
pub struct Histogram {
    counts: [AtomicU64; CLASSES],
    sum_nanoseconds: AtomicU64,
}

impl Histogram {
    /// Counts one.
    pub fn observe(&self, took: Duration) {
        let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let class = BOUNDS_MICROSECONDS.iter().position(|bound| nanoseconds <= bound.saturating_mul(1000)).unwrap_or(CLASSES - 1);
        if let Some(count) = self.counts.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.sum_nanoseconds.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// What has been counted so far.
    #[must_use]
    pub fn counts(&self) -> HistogramCounts {
        let mut counts = HistogramCounts::default();
        for (to, from) in counts.classes.iter_mut().zip(&self.counts) {
            *to = from.load(Ordering::Relaxed);
        }
        counts.sum = Duration::from_nanos(self.sum_nanoseconds.load(Ordering::Relaxed));
        counts
    }
}

/// The counts of a histogram, or of several together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistogramCounts {
    pub classes: [u64; CLASSES],
    pub sum: Duration,
}

impl HistogramCounts {
    /// Adds what another has counted.
    pub fn add(&mut self, other: &Self) {
        for (to, from) in self.classes.iter_mut().zip(&other.classes) {
            *to += from;
        }
        self.sum += other.sum;
    }

    /// How many were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.classes.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_is_counted_in_its_class() {
        let histogram = Histogram::default();
        for microseconds in [0, 100, 101, 2_000_000, 60_000_000] {
            histogram.observe(Duration::from_micros(microseconds));
        }
        let counts = histogram.counts();
        assert_eq!((counts.classes[0], counts.classes[1], counts.classes[13], counts.classes[CLASSES - 1]), (2, 1, 1, 1));
        assert_eq!((counts.total(), counts.sum), (5, Duration::from_micros(62_000_201)));
        let mut twice = counts.clone();
        twice.add(&counts);
        assert_eq!((twice.total(), twice.sum), (10, counts.sum * 2));
    }
}
