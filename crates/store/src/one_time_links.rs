//! Links that let somebody choose a password once: invitations and resets, by the hashes of their tokens.

use crate::dialect::Conn;
use crate::error::Error;
use crate::on_each;
use crate::schema::one_time_links::dsl;
use diesel::prelude::*;
use masthead_domain::id::UserId;
use masthead_domain::time::Timestamp;
use masthead_domain::user::LinkPurpose;

/// A link that has not been used.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = crate::schema::one_time_links, treat_none_as_default_value = false)]
pub struct OneTimeLink {
    pub token_hash: String,
    pub user_id: UserId,
    pub purpose: LinkPurpose,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Puts a link in the place of the one that its user had for that purpose.
///
/// # Errors
/// Those of the database.
pub fn replace(conn: &mut Conn, link: &OneTimeLink) -> Result<(), Error> {
    on_each!(conn => {
        diesel::delete(dsl::one_time_links.filter(dsl::user_id.eq(link.user_id)).filter(dsl::purpose.eq(link.purpose))).execute(conn)?;
        diesel::insert_into(dsl::one_time_links).values(link).execute(conn)
    })?;
    Ok(())
}

/// The link of that token, if it has not expired.
///
/// # Errors
/// [`Error::NotFound`]
pub fn find(conn: &mut Conn, token_hash: &str, purpose: LinkPurpose, now: Timestamp) -> Result<OneTimeLink, Error> {
    Ok(on_each!(conn => {
        dsl::one_time_links
            .filter(dsl::token_hash.eq(token_hash))
            .filter(dsl::purpose.eq(purpose))
            .filter(dsl::expires_at.gt(now))
            .select(OneTimeLink::as_select())
            .first(conn)
    })?)
}

/// Uses a link up: true for exactly one caller, however many try at once.
///
/// # Errors
/// Those of the database.
pub fn spend(conn: &mut Conn, token_hash: &str) -> Result<bool, Error> {
    let count = on_each!(conn => diesel::delete(dsl::one_time_links.filter(dsl::token_hash.eq(token_hash))).execute(conn))?;
    Ok(count == 1)
}

/// Ends all links of a user; answers how many there were.
///
/// # Errors
/// Those of the database.
pub fn delete_of(conn: &mut Conn, user_id: UserId) -> Result<usize, Error> {
    Ok(on_each!(conn => diesel::delete(dsl::one_time_links.filter(dsl::user_id.eq(user_id))).execute(conn))?)
}

/// When the invitation of each of these users ends, in no order.
///
/// # Errors
/// Those of the database.
pub fn invitations(conn: &mut Conn, user_ids: &[UserId]) -> Result<Vec<(UserId, Timestamp)>, Error> {
    if user_ids.is_empty() {
        return Ok(Vec::new());
    }
    let user_ids = user_ids.to_vec();
    Ok(on_each!(conn => {
        dsl::one_time_links
            .filter(dsl::user_id.eq_any(user_ids))
            .filter(dsl::purpose.eq(LinkPurpose::Invitation))
            .select((dsl::user_id, dsl::expires_at))
            .load(conn)
    })?)
}
