//! Work that falls due by the clock. Nothing that readers see waits for it: it tells those who follow the changes.

use crate::articles::drafts::{language_of, release_references};
use crate::articles::publication::{self, Going, put_public};
use crate::clock::Clock;
use crate::merging::follow;
use crate::writing::{Entry, KEPT_SECONDS, Origin};
use masthead_domain::article::ArticleIn;
use masthead_domain::change::ChangeAction;
use masthead_domain::column::AnyId;
use masthead_domain::id::ArticleId;
use masthead_domain::kind::Kind;
use masthead_domain::time::Timestamp;
use masthead_domain::vocabulary::Vocabulary;
use masthead_store::articles::{self, Article};
use masthead_store::changes::NewChange;
use masthead_store::db::Db;
use masthead_store::dialect::Conn;
use masthead_store::error::Error;
use masthead_store::record::Key;
use masthead_store::{article_locks, kept_replies, preview_links, public_articles, revisions};
use std::time::Duration;

/// How often it is looked for.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long a preview link that has expired says so.
const PREVIEWS_KEPT_SECONDS: i64 = 90 * 24 * 3600;

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
                for article in &due {
                    let action = if article.first_published_at.is_some() { ChangeAction::Updated } else { ChangeAction::Published };
                    let (entity_id, revision) = (AnyId(article.article_id.0), article.revision.unwrap_or_default());
                    conn.note(NewChange { kind: Kind::Article, entity_id, action, revision, changed_at: now });
                }
                Ok(due.len())
            })
            .await?;
    }
}

/// Puts each prepared revision that is due in the place of the public one, once, whichever node does it; returns how many.
/// Delivery asks for this before it answers (see `delivery.rs`), so no reader waits for the clock of this job.
///
/// # Errors
/// Those of the database.
pub async fn replace_due(db: &Db, now: Timestamp) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let due = db.read(move |conn| articles::with_prepared_due(conn, now, BATCH_MAX)).await?;
        if due.is_empty() {
            return Ok(count);
        }
        // One transaction each: what is wrong with one does not hold up the others.
        for article in due {
            let id = article.id;
            match db.write(move |conn| replace(conn, &article, now)).await {
                Ok(was_done) => count += usize::from(was_done),
                Err(error @ (Error::Unavailable { .. } | Error::Unknown)) => return Err(error),
                Err(error) => {
                    tracing::error!(article = %id, %error, "a prepared revision cannot become public; it is given up");
                    db.write(move |conn| give_up(conn, id, now)).await?;
                }
            }
        }
    }
}

fn replace(conn: &mut Conn, article: &Article, now: Timestamp) -> Result<bool, Error> {
    let (Some(revision), Some(slug), Some(from)) = (article.prepared_revision, article.prepared_slug.clone(), article.prepared_from) else {
        return Ok(false);
    };
    if !articles::take_prepared(conn, article)? {
        return Ok(false);
    }
    let document = revisions::find(conn, AnyId(article.id.0), revision)?.document.0;
    let mut content: ArticleIn = serde_json::from_value(document).map_err(Error::internal)?;
    // A tag or an author of it may have been merged into another since.
    follow(conn, &mut content)?;
    let going = Going {
        published_at: article.first_published_at.or(article.visible_from).unwrap_or(from),
        visible_from: article.visible_from.unwrap_or(from),
        visible_until: article.visible_until,
        updated_at: from,
    };
    let prepared = Article { slug, revision, language: language_of(conn, &content)?, section_id: content.section_id, ..article.clone() };
    put_public(conn, &prepared, &content, &going, now)?;
    release_references(conn, article)?;
    audit_by_server(conn, "article.replace", article, serde_json::json!({"public_revision": revision}), now)?;
    Ok(true)
}

/// Takes the plan for a prepared revision away that cannot be carried out, and says so in the audit log.
fn give_up(conn: &mut Conn, id: ArticleId, now: Timestamp) -> Result<(), Error> {
    let article = articles::find(conn, &Key::Id(AnyId(id.0)))?;
    let without = Article { prepared_revision: None, prepared_from: None, prepared_slug: None, ..article.clone() };
    articles::update(conn, article.version, &without)?;
    release_references(conn, &article)?;
    // The replies that waited for it must not go on waiting.
    publication::note(conn, &article, ChangeAction::Unscheduled, now);
    audit_by_server(conn, "article.replace_failed", &article, serde_json::json!({"prepared_revision": article.prepared_revision}), now)
}

fn audit_by_server(conn: &mut Conn, action: &str, article: &Article, after: serde_json::Value, now: Timestamp) -> Result<(), Error> {
    let entry = Entry {
        action: action.to_owned(),
        subject: Kind::Article.word(),
        entity_id: Some(AnyId(article.id.0)),
        label: Some(article.title.clone()),
        before: None,
        after: Some(after),
    };
    Origin::default().audit(conn, None, now, entry)
}

/// Takes back each article whose time in public is over, once, whichever node does it; returns how many. Readers have not
/// seen it since that time anyway: this tells those who follow the changes, and clears up.
///
/// # Errors
/// Those of the database.
pub async fn end_due(db: &Db, now: Timestamp) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        if db.read(move |conn| articles::over(conn, now, 1)).await?.is_empty() {
            return Ok(count);
        }
        count += db
            .write(move |conn| -> Result<usize, Error> {
                let mut ended = 0;
                for article in articles::over(conn, now, BATCH_MAX)? {
                    if articles::end(conn, &article)? {
                        publication::leave_public(conn, &article, ChangeAction::Unpublished, now)?;
                        release_references(conn, &article)?;
                        audit_by_server(conn, "article.end", &article, serde_json::json!({"public_revision": null}), now)?;
                        ended += 1;
                    }
                }
                Ok(ended)
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

/// Forgets the locks of articles that have ended; returns how many.
///
/// # Errors
/// Those of the database.
pub async fn forget_locks(db: &Db, clock: &Clock) -> Result<usize, Error> {
    let now = clock.now();
    if !db.read(move |conn| article_locks::any_ended(conn, now)).await? {
        return Ok(0);
    }
    db.write(move |conn| article_locks::delete_ended(conn, now)).await
}

/// Does all that is due now; returns how many articles were announced.
///
/// # Errors
/// Those of the database.
pub async fn run_once(db: &Db, clock: &Clock) -> Result<usize, Error> {
    let now = clock.now();
    // An article that is over is not replaced.
    end_due(db, now).await?;
    replace_due(db, now).await?;
    let announced = announce_due(db, clock).await?;
    forget_replies(db, clock).await?;
    let long_ago = now.plus_seconds(-PREVIEWS_KEPT_SECONDS);
    if db.read(move |conn| preview_links::any_ended_before(conn, long_ago)).await? {
        db.write(move |conn| preview_links::delete_ended_before(conn, long_ago)).await?;
    }
    forget_locks(db, clock).await?;
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
