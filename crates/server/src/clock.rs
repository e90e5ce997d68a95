//! The one clock. Everything that asks for the time asks here, so that a test can say what time it is.

use masthead_domain::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock, or one that stands still until it is set.
#[derive(Debug, Clone)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    #[must_use]
    pub fn fixed(time: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(time.milliseconds()))))
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(fixed) => Timestamp::from_milliseconds(fixed.load(Ordering::SeqCst)),
            None => system_time(),
        }
    }

    /// Sets a fixed clock; the system's goes its own way.
    pub fn set(&self, time: Timestamp) {
        if let Some(fixed) = &self.0 {
            fixed.store(time.milliseconds(), Ordering::SeqCst);
        }
    }

    /// Sets a fixed clock forward.
    pub fn advance_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

/// The system's time, whatever clock is in use: for what must be ordered in real time.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
