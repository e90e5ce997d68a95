//! Work that falls due by the clock. Nothing that readers see waits for it: it tells those who follow the changes.

use crate::clock::Clock;
use crate::writing::KEPT_SECONDS;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::AnyId;
use masthead_domain::kind::Kind;
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::error::Error;
use masthead_store::{kept_replies, public_articles};
use std::time::Duration;

/// How often it is looked for.
const INTERVAL: Duration = Duration::from_secs(1);

/// How many articles are announced in one transaction.
const BATCH_MAX: i64 = 500;

/// Puts the publication of each article whose time has come into the change sequence, once, whichever node does it and
/// however long none has run; returns how many.
///
/// # Errors
/// Those of the database.
pub async fn announce_due(db: &Db, clock: &Clock) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let now = clock.now();
        if db.read(move |conn| public_articles::oldest_due(conn, now)).await?.is_none() {
            return Ok(count);
        }
        count += db
            .write(move |conn| -> Result<usize, Error> {
                let due = public_articles::announce_due(conn, now, BATCH_MAX)?;
                for (id, revision) in &due {
                    conn.note(NewChange {
                        kind: Kind::Article,
                        entity_id: AnyId(id.0),
                        action: ChangeAction::Published,
                        revision: *revision,
                        changed_at: now,
                    });
                }
                Ok(due.len())
            })
            .await?;
    }
}

/// Forgets replies that are kept no longer; returns how many.
///
/// # Errors
/// Those of the database.
pub async fn forget_replies(db: &Db, clock: &Clock) -> Result<usize, Error> {
    let before = clock.now().plus_seconds(-KEPT_SECONDS);
    if !db.read(move |conn| kept_replies::any_before(conn, before)).await? {
        return Ok(0);
    }
    db.write(move |conn| kept_replies::delete_before(conn, before)).await
}

/// Does all that is due now; returns how many articles were announced.
///
/// # Errors
/// Those of the database.
pub async fn run_once(db: &Db, clock: &Clock) -> Result<usize, Error> {
    let announced = announce_due(db, clock).await?;
    forget_replies(db, clock).await?;
    Ok(announced)
}

/// Does the due work again and again, until it is dropped.
pub async fn run(db: Db, clock: Clock) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match run_once(&db, &clock).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "scheduled articles were announced"),
            Err(error) => tracing::warn!(%error, "due work could not be done; it is tried again"),
        }
    }
}
