//! When reads are refused that could be done, but not soon.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Notices a queue that stands: where more is asked for than can be done, everyone would wait for nearly as long as they have patience
/// for, and be answered when they have given up. Reads that have waited for long are then refused, so that those that are done
/// are done soon ("Controlling Queue Delay", Nichols and Jacobson 2012; without its schedule of drops).
pub(super) struct Standing {
    since: Instant,
    /// When somebody first waited for long with nobody having found the queue empty since, in milliseconds from `since`; 0 where
    /// that is not so.
    long_from: AtomicU64,
}

impl Default for Standing {
    fn default() -> Self {
        Self { since: Instant::now(), long_from: AtomicU64::new(0) }
    }
}

impl Standing {
    /// What part of the patience is long, and for what part a queue may hold some who wait for long: a moment's rush is not more than can
    /// be done.
    const LONG: u32 = 8;
    const RUSH: u32 = 2;

    /// Whether one who has waited for so long is to be refused; `is_last` where nobody waits behind.
    pub fn refuses(&self, waited: Duration, is_last: bool, patience: Duration) -> bool {
        self.refuses_at(self.since.elapsed(), waited, is_last, patience)
    }

    fn refuses_at(&self, now: Duration, waited: Duration, is_last: bool, patience: Duration) -> bool {
        let is_long = waited > patience / Self::LONG;
        if is_last {
            self.long_from.store(0, Ordering::Relaxed);
            return false;
        }
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match self.long_from.load(Ordering::Relaxed) {
            0 if is_long => {
                self.long_from.store(milliseconds(now).max(1), Ordering::Relaxed);
                false
            }
            0 => false,
            from => is_long && milliseconds(now).saturating_sub(from) > milliseconds(patience / Self::RUSH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_stands_refuses_who_has_waited_for_long() {
        let standing = Standing::default();
        let patience = Duration::from_secs(2);
        let refuses =
            |now: u64, waited: u64, is_last: bool| standing.refuses_at(Duration::from_millis(now), Duration::from_millis(waited), is_last, patience);
        // A rush: some wait for long, and the queue is empty again before long.
        assert!(!refuses(100, 300, false) && !refuses(900, 900, false) && !refuses(1000, 900, true));
        // It stands: from a second after the first who waited for long.
        assert!(!refuses(2000, 50, false) && !refuses(2010, 251, false) && !refuses(3000, 900, false));
        assert!(refuses(3011, 900, false) && refuses(3012, 251, false));
        // Who has not waited for long is let in, and does not end it.
        assert!(!refuses(3013, 249, false) && refuses(3014, 251, false));
        // An empty queue does.
        assert!(!refuses(3015, 251, true) && !refuses(3016, 251, false) && !refuses(3017, 300, false));
    }
}
