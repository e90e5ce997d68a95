//! Keys of programs: what one may be used for, and how long.

use crate::time::Timestamp;
use crate::vocabulary;

vocabulary! {
    /// What a key may be used for. A key does nothing that its owner may not do.
    Scope {
        /// Reading everything that editors read.
        DeskRead = "desk:read",
        /// Writing articles, up to submitting them.
        ArticlesWrite = "articles:write",
        /// Publishing articles, and taking them back.
        ArticlesPublish = "articles:publish",
        /// Writing everything else that articles and pages are made of: authors, sections, tags, meetings and so on.
        RecordsWrite = "records:write",
        /// Uploading and changing pictures and documents.
        MediaWrite = "media:write",
        /// Reading the metrics.
        MetricsRead = "metrics:read",
        /// Reading the audit log.
        AuditRead = "audit:read",
        /// Reading the sequence of changes.
        ChangesRead = "changes:read",
    }
}

/// How long a key is valid where nothing is said.
const LIFE_DAYS: i64 = 365;

/// The longest that a key may be valid: a forgotten one ends some day.
const LIFE_DAYS_MAX: i64 = 2 * 366;

const DAY_SECONDS: i64 = 24 * 3600;

/// For how many hours the old secret works on after a rotation where nothing is said.
pub const OVERLAP_HOURS: i64 = 24;

/// The longest such overlap.
pub const OVERLAP_HOURS_MAX: i64 = 7 * 24;

/// When a key ends that is made now, where nothing is said.
#[must_use]
pub fn default_expiry(now: Timestamp) -> Timestamp {
    now.plus_seconds(LIFE_DAYS * DAY_SECONDS)
}

/// The last moment at which a key may end that is made or changed now.
#[must_use]
pub fn latest_expiry(now: Timestamp) -> Timestamp {
    now.plus_seconds(LIFE_DAYS_MAX * DAY_SECONDS)
}
