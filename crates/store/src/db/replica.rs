//! Copies of the database that are only read, and may lag behind or not answer at all.

use super::{Address, Demand, Limits, Opening, Pool, PoolCounts, Use};
use crate::changes;
use crate::dialect::Conn;
use crate::error::Error;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long one that has failed is left alone.
const REST: Duration = Duration::from_secs(10);

/// What part of the patience with the database one is given to begin: the database itself is to be asked afterwards.
const PART_OF_PATIENCE: u32 = 4;

/// The copies, asked in turn.
pub(super) struct Replicas {
    replicas: Vec<Replica>,
    turn: AtomicUsize,
    patience: Duration,
}

struct Replica {
    pool: Pool,
    /// How many numbers of the change sequence it was behind when last asked.
    lag: Arc<AtomicI64>,
    rest: Rest,
}

/// What became of work that was offered to a replica.
pub(super) enum Offer<T, E, W> {
    Done(Result<T, E>),
    /// It is still to be done.
    Declined(W),
}

impl Replicas {
    /// One that cannot be reached now is asked again later.
    pub fn start(addresses: &[Address], limits: Limits) -> Result<Self, Error> {
        let start = |address| {
            Ok(Replica {
                pool: Pool::start(address, Use::Reading, limits.readers, limits, Opening::Later)?,
                lag: Arc::default(),
                rest: Rest::default(),
            })
        };
        let replicas = addresses.iter().map(start).collect::<Result<_, Error>>()?;
        Ok(Self { replicas, turn: AtomicUsize::default(), patience: limits.patience / PART_OF_PATIENCE })
    }

    pub fn lags(&self) -> Vec<i64> {
        self.replicas.iter().map(|replica| replica.lag.load(Ordering::Relaxed)).collect()
    }

    pub fn counts(&self) -> impl Iterator<Item = PoolCounts> {
        self.replicas.iter().enumerate().map(|(number, replica)| replica.pool.counts(format!("replica-{number}")))
    }

    /// Offers work to the next replica that is not resting. It is taken only once the replica has shown, within its part of the
    /// patience, that it has come as far as a number of the change sequence.
    pub async fn offer<T, E, W>(&self, at_least: i64, work: W) -> Offer<T, E, W>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(self.replicas.len()).unwrap_or_default();
        let (before, after) = self.replicas.split_at(turn);
        let Some(replica) = after.iter().chain(before).find(|replica| replica.rest.lets_through()) else { return Offer::Declined(work) };
        let slot = Arc::new(Mutex::new(Some(work)));
        let take = |slot: &Mutex<Option<W>>| slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (offered, lag) = (Arc::clone(&slot), Arc::clone(&replica.lag));
        let mut asking = pin!(replica.pool.run(Demand::Read, move |conn| {
            conn.in_snapshot(|conn| -> Result<Option<T>, E> {
                let behind = at_least.saturating_sub(changes::head(conn)?.sequence).max(0);
                lag.store(behind, Ordering::Relaxed);
                if behind > 0 {
                    return Ok(None);
                }
                take(&offered).map(|work| work(conn)).transpose()
            })
        }));
        let asked = match tokio::time::timeout(self.patience, &mut asking).await {
            Ok(asked) => asked,
            Err(_) => match take(&slot) {
                Some(work) => {
                    replica.rest.begin();
                    return Offer::Declined(work);
                }
                // It has begun, and is as patiently waited for as the database itself.
                None => asking.await,
            },
        };
        let left = take(&slot);
        // Whoever takes the work has shown what was asked, and so has whoever only lags.
        match (&asked, &left) {
            (Err(_), Some(_)) => replica.rest.begin(),
            _ => replica.rest.end(),
        }
        match (asked, left) {
            (Ok(Some(value)), _) => Offer::Done(Ok(value)),
            (_, Some(work)) => Offer::Declined(work),
            (Err(error), None) => Offer::Done(Err(error)),
            (Ok(None), None) => Offer::Done(Err(Error::internal("a replica took work and did not do it").into())),
        }
    }
}

/// Leaves a replica alone that has failed, and then lets one request try it while the others still do without.
struct Rest {
    began: Instant,
    /// In milliseconds since `began`; 0 where it does not rest.
    until: AtomicU64,
}

impl Default for Rest {
    fn default() -> Self {
        Self { began: Instant::now(), until: AtomicU64::new(0) }
    }
}

impl Rest {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn lets_through(&self) -> bool {
        match self.until.load(Ordering::Relaxed) {
            0 => true,
            until => self.lets_through_at(self.now(), until),
        }
    }

    /// Whoever is told so first is the one to try; the others are told so once that has been found well.
    fn lets_through_at(&self, now: u64, until: u64) -> bool {
        now >= until && self.until.compare_exchange(until, rested_at(now), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn begin(&self) {
        if self.until.swap(rested_at(self.now()), Ordering::Relaxed) == 0 {
            tracing::warn!("a replica does not answer, and is left alone until it does");
        }
    }

    fn end(&self) {
        if self.until.load(Ordering::Relaxed) != 0 && self.until.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!("the replica answers again");
        }
    }
}

fn rested_at(now: u64) -> u64 {
    now.saturating_add(u64::try_from(REST.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_tries_a_replica_that_has_rested() {
        let rest = Rest::default();
        assert!(rest.lets_through() && rest.lets_through());
        rest.begin();
        assert!(!rest.lets_through());
        let until = rest.until.load(Ordering::Relaxed);
        assert!(!rest.lets_through_at(until - 1, until));
        assert!(rest.lets_through_at(until, until));
        // The next one, at the same moment.
        assert!(!rest.lets_through_at(until, rest.until.load(Ordering::Relaxed)));
        assert!(!rest.lets_through());
        rest.end();
        assert!(rest.lets_through() && rest.lets_through());
    }
}
