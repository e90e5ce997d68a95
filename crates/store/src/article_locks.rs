//! Who is editing an article. A lock ends by the clock unless it is renewed; one that has ended is as good as none, whether
//! its row is still there or not.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::article_locks::dsl;
use crate::schema::users;
use diesel::prelude::*;
use masthead_domain::id::{ArticleId, UserId};
use masthead_domain::time::Timestamp;

/// A lock.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = crate::schema::article_locks)]
pub struct ArticleLock {
    pub article_id: ArticleId,
    pub user_id: UserId,
    pub since: Timestamp,
    pub expires_at: Timestamp,
}

/// The lock that is on an article at a time, with the name of its holder.
///
/// # Errors
/// Those of the database.
pub fn held(conn: &mut Conn, article_id: ArticleId, now: Timestamp) -> Result<Option<(ArticleLock, String)>, Error> {
    let found = on_each!(conn => {
        dsl::article_locks
            .inner_join(users::table)
            .filter(dsl::article_id.eq(article_id))
            .filter(dsl::expires_at.gt(now))
            .select((ArticleLock::as_select(), users::name))
            .first(conn)
            .optional()
    })?;
    Ok(found)
}

/// Takes a lock; returns whether there was none. Whoever comes at the same moment waits until this transaction has ended.
///
/// # Errors
/// Those of the database.
pub fn take(conn: &mut Conn, lock: &ArticleLock, now: Timestamp) -> Result<bool, Error> {
    let ended = dsl::article_locks.filter(dsl::article_id.eq(lock.article_id)).filter(dsl::expires_at.le(now));
    on_each!(conn => diesel::delete(ended).execute(conn))?;
    let count = on_each!(conn => diesel::insert_into(dsl::article_locks).values(lock).on_conflict_do_nothing().execute(conn))?;
    Ok(count == 1)
}

/// Lets the lock of a user last longer; returns whether they still hold it.
///
/// # Errors
/// Those of the database.
pub fn renew(conn: &mut Conn, article_id: ArticleId, user_id: UserId, expires_at: Timestamp) -> Result<bool, Error> {
    let own = dsl::article_locks.filter(dsl::article_id.eq(article_id)).filter(dsl::user_id.eq(user_id));
    let count = on_each!(conn => diesel::update(own).set(dsl::expires_at.eq(expires_at)).execute(conn))?;
    Ok(count == 1)
}

/// Puts a lock in the place of whatever is there.
///
/// # Errors
/// Those of the database.
pub fn replace(conn: &mut Conn, lock: &ArticleLock) -> Result<(), Error> {
    on_each!(conn => {
        diesel::insert_into(dsl::article_locks).values(lock).on_conflict(dsl::article_id).do_update().set(lock).execute(conn)
    })?;
    Ok(())
}

/// Takes the lock of a user off an article.
///
/// # Errors
/// Those of the database.
pub fn delete(conn: &mut Conn, article_id: ArticleId, user_id: UserId) -> Result<(), Error> {
    on_each!(conn => {
        diesel::delete(dsl::article_locks.filter(dsl::article_id.eq(article_id)).filter(dsl::user_id.eq(user_id))).execute(conn)
    })?;
    Ok(())
}

/// Whether there are locks that have ended by a time.
///
/// # Errors
/// Those of the database.
pub fn any_ended(conn: &mut Conn, now: Timestamp) -> Result<bool, Error> {
    Ok(on_each!(conn => diesel::select(diesel::dsl::exists(dsl::article_locks.filter(dsl::expires_at.le(now)))).get_result(conn))?)
}

/// Forgets the locks that have ended by a time; returns how many.
///
/// # Errors
/// Those of the database.
pub fn delete_ended(conn: &mut Conn, now: Timestamp) -> Result<usize, Error> {
    Ok(on_each!(conn => diesel::delete(dsl::article_locks.filter(dsl::expires_at.le(now))).execute(conn))?)
}
