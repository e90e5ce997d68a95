//! The keys that access tokens are signed with. They are made by the server and never leave the database.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::signing_keys::dsl;
use diesel::prelude::*;
use masthead_domain::time::Timestamp;

/// A key.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::signing_keys, treat_none_as_default_value = false)]
pub struct StoredKey {
    pub id: String,
    /// Never to be logged.
    pub private_key: String,
    pub created_at: Timestamp,
    pub retired_at: Option<Timestamp>,
}

/// The keys that are not retired, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn list_active(conn: &mut Conn) -> Result<Vec<StoredKey>, Error> {
    Ok(on_each!(conn => {
        dsl::signing_keys.filter(dsl::retired_at.is_null()).order((dsl::created_at, dsl::id)).select(StoredKey::as_select()).load(conn)
    })?)
}

/// Adds a key.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, key: &StoredKey) -> Result<(), Error> {
    on_each!(conn => diesel::insert_into(dsl::signing_keys).values(key).execute(conn))?;
    Ok(())
}

/// Retires all keys but one: tokens signed with them are no longer accepted.
///
/// # Errors
/// Those of the database.
pub fn retire_all_but(conn: &mut Conn, kept: &str, now: Timestamp) -> Result<usize, Error> {
    Ok(on_each!(conn => {
        diesel::update(dsl::signing_keys.filter(dsl::id.ne(kept)).filter(dsl::retired_at.is_null()))
            .set(dsl::retired_at.eq(Some(now)))
            .execute(conn)
    })?)
}
