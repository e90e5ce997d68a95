//! Sessions: one row a login, with all its refresh tokens, so that the reuse of a spent one ends it (RFC 9700, 4.14.2).

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::{refresh_tokens, sessions, users};
use crate::users::User;
use diesel::prelude::*;
use masthead_domain::id::{SessionId, UserId};
use masthead_domain::time::Timestamp;

/// One login of one user.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::sessions, treat_none_as_default_value = false)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: Timestamp,
    pub last_used_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub user_agent: Option<String>,
    pub address: Option<String>,
}

/// A refresh token, by its hash.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::refresh_tokens, treat_none_as_default_value = false)]
pub struct RefreshToken {
    pub token_hash: String,
    pub session_id: SessionId,
    pub created_at: Timestamp,
    pub spent_at: Option<Timestamp>,
}

/// Begins a session.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, session: &Session) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(sessions::table).values(session).execute(conn))?;
    Ok(())
}

/// The session with its user, if it has neither ended nor expired and the user is not disabled.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_live(conn: &mut Conn, id: SessionId, now: Timestamp) -> Result<(Session, User), Error> {
    Ok(on_each!(conn => {
        sessions::table
            .inner_join(users::table)
            .filter(sessions::id.eq(id))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .filter(users::disabled_at.is_null())
            .select((Session::as_select(), User::as_select()))
            .first(conn)
    })?)
}

/// The live sessions of a user, the newest first.
///
/// # Errors
/// Those of the database.
pub fn list_live(conn: &mut Conn, user_id: UserId, now: Timestamp) -> Result<Vec<Session>, Error> {
    Ok(on_each!(conn => {
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::expires_at.gt(now))
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .limit(100)
            .select(Session::as_select())
            .load(conn)
    })?)
}

/// Whether that user has logged in from that address since a time.
///
/// # Errors
/// Those of the database.
pub fn came_from(conn: &mut Conn, user_id: UserId, address: &str, since: Timestamp) -> Result<bool, Error> {
    let count: i64 = on_each!(conn => {
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::created_at.ge(since))
            .filter(sessions::address.eq(Some(address)))
            .count()
            .get_result(conn)
    })?;
    Ok(count > 0)
}

/// Notes that a session was used, and until when it may be used again.
///
/// # Errors
/// Those of the database.
pub fn touch(conn: &mut Conn, id: SessionId, now: Timestamp, expires_at: Timestamp) -> Result<(), Error> {
    on_each!(conn => {
        diesel::update(sessions::table.filter(sessions::id.eq(id)))
            .set((sessions::last_used_at.eq(now), sessions::expires_at.eq(expires_at)))
            .execute(conn)
    })?;
    Ok(())
}

/// Ends a session of that user; one that has ended stays as it was. Answers whether one was ended.
///
/// # Errors
/// Those of the database.
pub fn end(conn: &mut Conn, user_id: UserId, id: SessionId, now: Timestamp) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(sessions::table.filter(sessions::id.eq(id)).filter(sessions::user_id.eq(user_id)).filter(sessions::ended_at.is_null()))
            .set(sessions::ended_at.eq(Some(now)))
            .execute(conn)
    })?;
    Ok(count == 1)
}

/// Ends all sessions of a user but one.
///
/// # Errors
/// Those of the database.
pub fn end_all_but(conn: &mut Conn, user_id: UserId, kept: Option<SessionId>, now: Timestamp) -> Result<usize, Error> {
    // No session has the nil id.
    let kept = kept.unwrap_or(SessionId(uuid::Uuid::nil()));
    Ok(on_each!(conn => {
        diesel::update(sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.ne(kept)).filter(sessions::ended_at.is_null()))
            .set(sessions::ended_at.eq(Some(now)))
            .execute(conn)
    })?)
}

/// Adds a refresh token to a session.
///
/// # Errors
/// Those of the database.
pub fn insert_refresh_token(conn: &mut Conn, token: &RefreshToken) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(refresh_tokens::table).values(token).execute(conn))?;
    Ok(())
}

/// Spends a refresh token: true for exactly one caller, however many try at once.
///
/// # Errors
/// Those of the database.
pub fn spend_refresh_token(conn: &mut Conn, token_hash: &str, now: Timestamp) -> Result<bool, Error> {
    let count = on_each!(conn => {
        diesel::update(refresh_tokens::table.filter(refresh_tokens::token_hash.eq(token_hash)).filter(refresh_tokens::spent_at.is_null()))
            .set(refresh_tokens::spent_at.eq(Some(now)))
            .execute(conn)
    })?;
    Ok(count == 1)
}

/// The refresh token of that hash, spent or not.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find_refresh_token(conn: &mut Conn, token_hash: &str) -> Result<RefreshToken, Error> {
    Ok(on_each!(conn => {
        refresh_tokens::table.filter(refresh_tokens::token_hash.eq(token_hash)).select(RefreshToken::as_select()).first(conn)
    })?)
}
