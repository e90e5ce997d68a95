//! Replies to changes that were sent with an `Idempotency-Key`, written in the transaction of the change itself: either both
//! are there or neither is.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::kept_replies::dsl;
use diesel::prelude::*;
use masthead_domain::id::UserId;
use masthead_domain::time::Timestamp;

/// A kept reply.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::kept_replies, treat_none_as_default_value = false)]
pub struct KeptReply {
    pub actor_id: UserId,
    pub key_hash: String,
    /// Of the method, the address and the body.
    pub request_hash: String,
    pub created_at: Timestamp,
    pub reply: String,
}

/// The reply that was kept under a key, if one was.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, actor_id: UserId, key_hash: &str) -> Result<Option<KeptReply>, Error> {
    let found = on_each!(conn => {
        dsl::kept_replies
            .filter(dsl::actor_id.eq(actor_id))
            .filter(dsl::key_hash.eq(key_hash))
            .select(KeptReply::as_select())
            .first(conn)
            .optional()
    })?;
    Ok(found)
}

/// Takes a key, before the change is made; whoever comes with the same one waits until this transaction has ended. Returns
/// whether it was free.
///
/// # Errors
/// Those of the database.
pub fn claim(conn: &mut Conn, claim: &KeptReply) -> Result<bool, Error> {
    let count = on_each!(conn => diesel::insert_into(dsl::kept_replies).values(claim).on_conflict_do_nothing().execute(conn))?;
    Ok(count == 1)
}

/// Keeps the reply under a key that was taken.
///
/// # Errors
/// Those of the database.
pub fn keep(conn: &mut Conn, actor_id: UserId, key_hash: &str, reply: &str) -> Result<(), Error> {
    on_each!(conn => {
        diesel::update(dsl::kept_replies.filter(dsl::actor_id.eq(actor_id)).filter(dsl::key_hash.eq(key_hash)))
            .set(dsl::reply.eq(reply))
            .execute(conn)
    })?;
    Ok(())
}

/// Whether there are replies from before a time.
///
/// # Errors
/// Those of the database.
pub fn any_before(conn: &mut Conn, time: Timestamp) -> Result<bool, Error> {
    Ok(on_each!(conn => diesel::select(diesel::dsl::exists(dsl::kept_replies.filter(dsl::created_at.lt(time)))).get_result(conn))?)
}

/// Forgets the replies from before a time; returns how many.
///
/// # Errors
/// Those of the database.
pub fn delete_before(conn: &mut Conn, time: Timestamp) -> Result<usize, Error> {
    Ok(on_each!(conn => diesel::delete(dsl::kept_replies.filter(dsl::created_at.lt(time))).execute(conn))?)
}
