//! How the process stands: whether it should get requests, and what is overdue. Asking costs nothing worth guarding: what
//! needs the database is asked once a second at most, however many ask here.

use crate::clock::Clock;
use masthead_domain::time::Timestamp;
use masthead_store::db::Db;
use masthead_store::public_articles;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;

/// How old an answer of the database may be.
const ANSWER_AGE_MAX: Duration = Duration::from_secs(1);

/// The database is asked for its head five times a second; silence for so long means that it cannot be reached.
const SILENCE_MAX: Duration = Duration::from_secs(2);

/// An announcement is late when it is overdue by more than this: the job that makes them runs every second.
const OVERDUE_SECONDS_MAX: i64 = 60;

/// How long an answer is waited for; a busy database answers the next time.
const PATIENCE: Duration = Duration::from_millis(250);

/// What is asked of the database: since when the oldest announcement is due, if one is and if the database answers. With
/// the moment of the answer.
type Asked = Arc<OnceCell<(Instant, Option<Timestamp>)>>;

/// See the module.
#[derive(Default)]
pub struct Standing {
    draining: AtomicBool,
    asked: Mutex<Asked>,
}

impl Standing {
    /// From now on no requests should be sent here; those that come all the same are answered.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// For how many seconds the oldest announcement has been overdue; 0 where none is.
    pub async fn overdue_seconds(&self, db: &Db, clock: &Clock) -> i64 {
        let asked = {
            let mut last = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            // One that is being asked is shared, and so is a fresh answer.
            if last.get().is_some_and(|(at, _)| at.elapsed() >= ANSWER_AGE_MAX) {
                *last = Asked::default();
            }
            Arc::clone(&last)
        };
        let now = clock.now();
        let ask = || async {
            let asked = tokio::time::timeout(PATIENCE, db.read(move |conn| public_articles::oldest_due(conn, now))).await;
            (Instant::now(), asked.ok().and_then(Result::ok).flatten())
        };
        asked.get_or_init(ask).await.1.map_or(0, |due| (now.milliseconds() - due.milliseconds()).max(0) / 1000)
    }

    /// Whether the database has been heard from lately.
    #[must_use]
    pub fn hears_from(db: &Db) -> bool {
        db.generation().age() <= SILENCE_MAX
    }

    /// Whether an announcement is later than it should be.
    #[must_use]
    pub fn is_late(overdue_seconds: i64) -> bool {
        overdue_seconds > OVERDUE_SECONDS_MAX
    }
}
