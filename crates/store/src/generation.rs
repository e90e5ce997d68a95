//! What this process knows of the head of the change sequence: the content generation that its replies are of.

use crate::changes::{self, Head};
use crate::db::{Address, Use, shorten_log};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often the head is read. Four reads fit into the second within which all nodes must know of a publication.
const POLL: Duration = Duration::from_millis(200);

/// After how many transactions SQLite's log is shortened though more are being written; they hold some twenty pages each.
const WRITES_KEPT: u64 = 100;

/// The content generation, as far as it is known here.
pub struct Generation {
    sequence: AtomicI64,
    records_sequence: AtomicI64,
    /// When the database was last heard from, in milliseconds since `started`.
    heard_at: AtomicU64,
    started: Instant,
    /// For those who wait for a sequence number to be reached.
    moved: watch::Sender<i64>,
}

impl Generation {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            sequence: AtomicI64::new(head.sequence),
            records_sequence: AtomicI64::new(head.records_sequence),
            heard_at: AtomicU64::new(0),
            started: Instant::now(),
            moved: watch::Sender::new(head.sequence),
        }
    }

    /// The last number that this process knows of.
    #[must_use]
    pub fn sequence(&self) -> i64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// The last number of a change of a record that articles and meetings refer to.
    #[must_use]
    pub fn records_sequence(&self) -> i64 {
        self.records_sequence.load(Ordering::Acquire)
    }

    /// How long ago the database confirmed what is known here.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.started.elapsed().saturating_sub(Duration::from_millis(self.heard_at.load(Ordering::Acquire)))
    }

    /// Waits until a number is reached; false where it has not been in that time.
    pub async fn reaches(&self, sequence: i64, patience: Duration) -> bool {
        if self.sequence() >= sequence {
            return true;
        }
        let mut moved = self.moved.subscribe();
        let reached = moved.wait_for(|reached| *reached >= sequence);
        tokio::time::timeout(patience, reached).await.is_ok_and(|reached| reached.is_ok())
    }

    /// Takes over a head; one that is older than what is known changes nothing.
    pub(crate) fn advance(&self, head: Head) {
        // The records first: whoever sees the new sequence must see these too.
        self.records_sequence.fetch_max(head.records_sequence, Ordering::AcqRel);
        if self.sequence.fetch_max(head.sequence, Ordering::AcqRel) < head.sequence {
            self.moved.send_if_modified(|reached| {
                let moves = *reached < head.sequence;
                *reached = head.sequence.max(*reached);
                moves
            });
        }
    }

    /// Takes over a head that was asked for at a moment.
    fn hear(&self, head: Head, asked_at: Instant) {
        self.advance(head);
        let since_start = u64::try_from(asked_at.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX);
        self.heard_at.fetch_max(since_start, Ordering::AcqRel);
    }
}

/// Reads the head again and again on a connection of its own, so that no queue of requests holds it up, until `stop` is
/// closed. A poll rather than a notification: it needs nothing to be set up anew after a lost connection, and cannot miss
/// anything. `writes` counts this process's transactions: in between, what they left in SQLite's log is put where it belongs.
pub(crate) fn follow(address: &Address, generation: &Weak<Generation>, writes: &AtomicU64, stop: &Receiver<()>) {
    let mut conn = None;
    let (mut writes_seen, mut writes_kept) = (0, 0);
    loop {
        match stop.recv_timeout(POLL) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(generation) = Weak::upgrade(generation) else { return };
        if conn.is_none() {
            conn = address.connect(Use::Reading).ok();
        }
        let Some(open) = conn.as_mut() else { continue };
        let asked_at = Instant::now();
        match changes::head(open) {
            Ok(head) => generation.hear(head, asked_at),
            Err(error) => {
                tracing::warn!(%error, "the head of the change sequence cannot be read");
                conn = None;
                continue;
            }
        }
        let written = writes.load(Ordering::Relaxed);
        let is_pause = written == writes_seen;
        writes_seen = written;
        if written - writes_kept >= if is_pause { 1 } else { WRITES_KEPT } {
            match shorten_log(open) {
                Ok(()) => writes_kept = written,
                Err(error) => tracing::warn!(%error, "the log of the database cannot be shortened"),
            }
        }
    }
}

/// Ends the follower when the last user of the database is gone.
pub(crate) type Stop = Arc<std::sync::mpsc::Sender<()>>;
